import { rm } from 'node:fs/promises'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { buildConsole, launchBrowser, openPage } from './browser.ts'
import { liveKey, startFakeHub, type FakeHub } from './fake-hub.ts'

/**
 * The console in a browser, in front of a stand-in for the hub, for the tests of one file; each begins on a fresh page.
 */
export const useConsole = () => {
  let dist: string
  let fakeHub: FakeHub
  let browser: Browser
  let opened: { page: Page; complaints: string[] } | undefined

  const hub = (): FakeHub => fakeHub
  const page = (): Page => {
    if (!opened) throw new Error('no page is open outside a test')
    return opened.page
  }

  const arrive = async (options?: BrowserContextOptions): Promise<void> => {
    await opened?.page.context().close()
    opened = await openPage(browser, options)
  }

  beforeAll(async () => {
    dist = await buildConsole()
    fakeHub = await startFakeHub(dist)
    browser = await launchBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await fakeHub?.stop()
    if (dist) await rm(dist, { recursive: true })
  })

  beforeEach(async () => {
    fakeHub.clear()
    await arrive()
  })

  afterEach(() => expect(opened?.complaints, 'errors and violations of the Content-Security-Policy').toEqual([]))

  const enter = async (key = liveKey): Promise<void> => {
    await page().goto(`${fakeHub.origin}/connect#key=${key}`)
    await page().getByText('9 services').waitFor()
  }

  return {
    hub,
    page,
    arrive,
    enter,
    card: (name: string): Locator => page().getByRole('button', { name: new RegExp(`^${name}`) }),
    sheet: (): Locator => page().getByRole('dialog'),
    button: (name: string | RegExp): Locator => page().getByRole('button', { name, exact: true }),
    apiKey: (): Locator => page().getByLabel('API key', { exact: true }),
    hasFocus: async (what: Locator): Promise<boolean> => (await what.and(page().locator(':focus')).count()) === 1,
  }
}
