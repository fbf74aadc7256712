import { mkdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inCheckout } from '../../launcher/paths.ts'
import { addressOf, freePort } from '../../launcher/ports.ts'
import { launchBrowser, openPage } from '../console/browser.ts'
import { withoutBrowser, withoutN8n } from '../flagship/missing.ts'
import { startOwnN8n, type OwnN8n } from '../flagship/own-n8n.ts'
import { startHub, type Hub } from '../hub/hub-process.ts'
import { marked, nodesOn, signIn } from './canvas.ts'

interface Workflow {
  readonly nodes: readonly { readonly name: string; readonly type: string }[]
  readonly connections: Readonly<Record<string, { readonly main: readonly (readonly unknown[])[] }>>
}
const template: Workflow = JSON.parse(readFileSync(inCheckout('templates/website-to-crm/workflow.json'), 'utf8'))
const nodes = template.nodes.filter(({ type }) => !type.endsWith('.stickyNote')).map(({ name }) => name).sort()
const arrows = Object.values(template.connections).flatMap(({ main }) => main.flat()).length
const blocks = template.nodes.filter(({ type }) => type.startsWith('n8n-nodes-ainow.')).length
const missing = withoutN8n || withoutBrowser

describe.skipIf(missing)(`the gallery on n8n's Templates page${missing}`, () => {
  let hub: Hub
  let n8n: OwnN8n
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const port = await freePort()
    hub = await startHub({ env: { N8N_URL: addressOf(port) } })
    n8n = await startOwnN8n(hub.url, port)
    await n8n.use(hub)
    browser = await launchBrowser()
    ;({ page } = await openPage(browser, { viewport: { width: 1600, height: 620 }, deviceScaleFactor: 2 }))
    // n8n loads its editor at the first visit: some megabytes, on a machine that is busy with other tests.
    page.setDefaultTimeout(40_000)
    await signIn(page, n8n)
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await n8n?.stop()
    await hub?.stop()
  })

  test('lists the flagship, and finds it by what it does', async () => {
    await page.goto(`${n8n.address}/templates`)
    await marked(page, 'template-card').getByText('Company websites to CRM').waitFor()
    await marked(page, 'template-search-input').locator('input').or(page.locator('input[data-test-id="template-search-input"]')).first().fill('neverbounce')
    await page.waitForURL(/search=neverbounce/)
    await marked(page, 'template-card').getByText('Company websites to CRM').waitFor()
  })

  test('draws the whole flow on the template’s own page, with its story', async () => {
    await marked(page, 'template-card').getByText('Company websites to CRM').click()
    await page.getByText('Paste the websites of companies into a form.').waitFor()
    await expect.poll(() => nodesOn(page), { timeout: 30_000 }).toEqual(nodes)
    await expect.poll(() => marked(page, 'edge').count()).toBe(arrows)
    await page.getByRole('heading', { name: 'Who is synced' }).waitFor()
  })

  test('“Try template” asks for one credential and puts the flow on the canvas, with nothing left to repair', async () => {
    await marked(page, 'use-template-button').click()
    await marked(page, 'credential-dropdown').click()
    await page.getByText('AI-Now Hub (test)', { exact: true }).click()
    await marked(page, 'continue-button').click()
    await page.waitForURL(/\/workflow\/\w+/)
    await expect.poll(() => nodesOn(page), { timeout: 30_000 }).toEqual(nodes)
    expect(await marked(page, 'edge').count()).toBe(arrows)
    expect(await marked(page, 'node-issues').count()).toBe(0)
    expect(blocks).toBe(5)
  })

  test.runIf(process.env.SCREENSHOT === '1')('gives the picture of the flow for the README', async () => {
    mkdirSync(inCheckout('docs/images'), { recursive: true })
    await marked(page, 'zoom-to-fit').click()
    // Away from the canvas, where a note under the pointer shows its tools.
    await page.mouse.move(800, 20)
    await marked(page, 'execute-workflow-button').waitFor()
    await page.waitForTimeout(1500)
    await page.screenshot({ path: inCheckout('docs/images/flow.png'), animations: 'disabled' })
  })
})
