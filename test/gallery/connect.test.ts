import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../hub-server/src/contracts/connection.ts'
import { launchBrowser, openPage } from '../console/browser.ts'
import { withoutBrowser, withoutConsole } from '../flagship/missing.ts'
import { startHub, type Hub } from '../hub/hub-process.ts'

const missing = withoutConsole || withoutBrowser

describe.skipIf(missing)(`the hub's Connect page, with the test key${missing}`, () => {
  let hub: Hub
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    hub = await startHub()
    browser = await launchBrowser()
    ;({ page, complaints } = await openPage(browser))
    page.setDefaultTimeout(20_000)
  })
  afterAll(async () => {
    await browser?.close()
    await hub?.stop()
  })

  const sheet = () => page.getByRole('dialog')
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const apiKey = () => page.getByLabel('API key', { exact: true })
  const card = () => page.getByRole('button', { name: /^Hunter/ })
  const connections = async () => {
    const { body } = await hub.call<{ connections: Connection[] }>('GET', '/v1/connections', { key: hub.keys.test })
    return body.connections.map(({ connector, status }) => ({ connector, status }))
  }

  test('opens with a link that carries the key, and forgets it in the address', async () => {
    await page.goto(`${hub.url}/connect#key=${hub.keys.test}`)
    await card().waitFor()
    expect(new URL(page.url()).hash).toBe('')
    expect(await page.content()).not.toContain(hub.keys.test)
  })

  test('a key that the vendor does not know is refused, with what to do', async () => {
    await card().click()
    await apiKey().fill('bad-key')
    await button('Connect').click()
    await sheet().getByText('Hunter refused this account').waitFor()
    await sheet().getByText('What to do:').waitFor()
    expect(await connections()).toEqual([{ connector: 'hunter', status: 'refused' }])
  })

  test('a good key takes its place, and works', async () => {
    await apiKey().fill('some-good-key')
    await button('Connect again').click()
    await sheet().getByText('Hunter is working').waitFor()
    expect(await connections()).toEqual([{ connector: 'hunter', status: 'working' }])
  })

  test('it is tested again on demand, through the vendor', async () => {
    const tested = page.waitForResponse(
      (answer) => answer.request().method() === 'POST' && answer.url().endsWith('/test'),
    )
    await button('Test Hunter').click()
    expect((await tested).status()).toBe(200)
    await sheet().getByText('Hunter is working').waitFor()
    expect(await page.content()).not.toContain('some-good-key')
  })

  test('it is disconnected only after a second word, and is gone from the hub', async () => {
    await button('Disconnect Hunter').click()
    await button('Yes, disconnect').click()
    await sheet().getByText('Hunter is disconnected').waitFor()
    expect(await connections()).toEqual([])
    await page.keyboard.press('Escape')
    await card().getByText('Made-up answers from the sandbox; nothing is connected').waitFor()
  })

  test('the page breaks no rule of its own Content-Security-Policy on the way', () => {
    expect(complaints).toEqual([])
  })
})
