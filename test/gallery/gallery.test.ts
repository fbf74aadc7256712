import { mkdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { N8n } from '../../launcher/bring-up.ts'
import { websitesField } from '../../launcher/demo/contract.ts'
import { awaitLeads, executionsOf, submitForm } from '../../launcher/demo/run.ts'
import { formOf, type Workflow as Saved } from '../../launcher/demo/workflow.ts'
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
const nodes = template.nodes
  .filter(({ type }) => !type.endsWith('.stickyNote'))
  .map(({ name }) => name)
  .sort()
const arrows = Object.values(template.connections).flatMap(({ main }) => main.flat()).length
const blocks = template.nodes.filter(({ type }) => type.startsWith('n8n-nodes-ainow.')).length
const missing = withoutN8n || withoutBrowser
const never = new AbortController().signal

describe.skipIf(missing)(`the gallery on n8n's Templates page${missing}`, () => {
  let hub: Hub
  let n8n: OwnN8n
  let running: N8n
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const port = await freePort()
    hub = await startHub({ env: { N8N_URL: addressOf(port) } })
    n8n = await startOwnN8n(hub.url, port)
    running = await n8n.use(hub)
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
    await marked(page, 'template-search-input')
      .locator('input')
      .or(page.locator('input[data-test-id="template-search-input"]'))
      .first()
      .fill('neverbounce')
    await page.waitForURL(/search=neverbounce/)
    await marked(page, 'template-card').getByText('Company websites to CRM').waitFor()
  })

  test('draws the whole flow on the template’s own page, with its story', async () => {
    await marked(page, 'template-card').getByText('Company websites to CRM').click()
    await page.getByText('Paste the websites of companies into a form.').waitFor()
    await expect.poll(() => nodesOn(page)).toEqual(nodes)
    await expect.poll(() => marked(page, 'edge').count()).toBe(arrows)
    await page.getByRole('heading', { name: 'Who is synced' }).waitFor()
  })

  test(
    '“Try template” asks for one credential and puts the flow on the canvas, with nothing ' + 'left to repair',
    async () => {
      await marked(page, 'use-template-button').click()
      await marked(page, 'credential-dropdown').click()
      await page.getByText('AI-Now Hub (test)', { exact: true }).click()
      await marked(page, 'continue-button').click()
      await page.waitForURL(/\/workflow\/\w+/)
      await expect.poll(() => nodesOn(page)).toEqual(nodes)
      expect(await marked(page, 'edge').count()).toBe(arrows)
      expect(await marked(page, 'node-issues').count()).toBe(0)
      expect(blocks).toBe(5)
    },
  )

  test('what the set-up page has saved works, also where no address is found', async () => {
    const id = /\/workflow\/(\w+)/.exec(page.url())?.[1] ?? expect.fail(`no workflow at ${page.url()}`)
    const saved = await running.api.get<Saved>('Reading the workflow', `/workflows/${id}`)
    await running.api.send('Activating the workflow', 'POST', `/workflows/${id}/activate`)
    const rowsFor = async (...websites: string[]) => {
      const before = new Set((await executionsOf(running.api, id)).map((execution) => execution.id))
      await submitForm(running, formOf(saved, websitesField), websites, never)
      return awaitLeads(running.api, id, before, never)
    }
    expect(await rowsFor('nobody-there.example')).toEqual([
      {
        website: 'nobody-there.example',
        name: null,
        email: null,
        verdict: null,
        score: null,
        reasons: [],
        crm: null,
        reason: expect.any(String),
      },
    ])
    const rows = await rowsFor('wasteful-space.example', 'nobody-there.example')
    expect(rows.some(({ verdict }) => verdict)).toBe(true)
    expect(rows.filter(({ website }) => website === 'nobody-there.example')).toHaveLength(1)
    expect(rows.filter(({ crm, reason }) => !crm === !reason)).toEqual([])
  })

  test(
    'the test credential is the one written last, which n8n’s editor gives to a new block, also after a ' +
      'later start',
    async () => {
      running = await n8n.use(hub)
      const { data } = await running.api.get<{ data: { name: string; updatedAt: string }[] }>(
        'Listing the credentials',
        '/credentials?limit=10',
      )
      // As the editor compares them: the later text of the two.
      const newest = data.reduce((one, other) => (one.updatedAt > other.updatedAt ? one : other))
      expect([data.length, newest.name]).toEqual([2, 'AI-Now Hub (test)'])
    },
  )

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
