import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { inCheckout } from '../../launcher/paths.ts'
import type { Lead } from '../../launcher/demo/contract.ts'
import { startHub, type Hub } from '../hub/hub-process.ts'
import { runFlagship } from './flow.ts'
import { withoutN8n } from './missing.ts'
import { startOwnN8n, type OwnN8n } from './own-n8n.ts'
import { reachableAndFit } from './reachable-and-fit.ts'
import { layOut, savedPages, withoutPages } from './saved-pages.ts'
import { controlOf } from './sandbox-control.ts'

const patience = 300_000

/** "+30 verdict is deliverable" and "−10 …" add up to 20. */
const pointsIn = (reasons: readonly string[]): number =>
  reasons.reduce((sum, reason) => sum + Number.parseInt(reason.replace('−', '-'), 10), 0)

let n8n: OwnN8n

describe.skipIf(withoutN8n)(`the flagship in a running n8n${withoutN8n}`, () => {
  beforeAll(async () => {
    // Nobody opens its Templates page here.
    n8n = await startOwnN8n('http://127.0.0.1:9')
  }, patience)
  afterAll(() => n8n?.stop())

  describe.skipIf(withoutPages)(`on 100 real saved pages${withoutPages}`, () => {
    let hub: Hub
    let rows: Lead[]
    let sites: string
    const pages = withoutPages ? [] : savedPages(100)
    const rowsOf = (host: string) => rows.filter(({ website }) => website?.includes(host))

    beforeAll(async () => {
      sites = mkdtempSync(join(tmpdir(), 'flagship-sites-'))
      layOut(pages, sites)
      hub = await startHub({ env: { SANDBOX_SITES: sites } })
      rows = await runFlagship(
        await n8n.use(hub),
        pages.map(({ host }) => host),
      )
    }, patience)
    afterAll(async () => {
      await hub?.stop()
      if (sites) rmSync(sites, { recursive: true })
    })

    test(
      'at least 95 % of the pages with e-mail addresses end as leads with all of these addresses, each ' +
        'with a verdict',
      () => {
        const labelled = pages.filter(({ emails }) => emails.length > 0)
        const judged = (host: string) => new Set(rowsOf(host).flatMap(({ email, verdict }) => (verdict ? [email] : [])))
        const lost = labelled.filter(({ host, emails }) => !emails.every((email) => judged(host).has(email)))
        expect(labelled.length).toBeGreaterThan(20)
        expect(lost.length, lost.map(({ page }) => page).join(', ')).toBeLessThanOrEqual(labelled.length * 0.05)
      },
    )

    test('nobody outside the sandbox is said to be reachable, and nobody of them is written into a CRM', () => {
      expect(rows.filter(({ verdict, crm }) => verdict === 'deliverable' || crm)).toEqual([])
    })

    test('every other page ends with a lead or with a reason', () => {
      expect(pages.filter(({ host }) => rowsOf(host).length === 0).map(({ page }) => page)).toEqual([])
      expect(rows.filter(({ verdict, reason }) => !verdict && !reason)).toEqual([])
    })
  })

  describe('on 100 companies of the population', () => {
    let sandbox: Sandbox
    let hub: Hub
    let rows: Lead[]
    const websites = () => sandbox.companies(100).map(({ website }) => website)
    const control = () => controlOf(sandbox.url)

    beforeAll(async () => {
      sandbox = await startSandbox({ connectorsDir: inCheckout('hub-server/connectors') })
      hub = await startHub({ env: { SANDBOX_URL: sandbox.url } })
      rows = await runFlagship(await n8n.use(hub), websites())
    }, patience)
    afterAll(async () => {
      await hub?.stop()
      await sandbox?.stop()
    })

    test('everybody who can be reached and leads something is in the CRM, once, and nobody else', async () => {
      const owed = reachableAndFit(sandbox.population, 100)
      expect(owed.length).toBeGreaterThan(100)
      expect(await control().contactsIn('hubspot')).toEqual(owed)
    })

    test('a row tells site, person, e-mail, verdict, score, its reasons and what happened in the CRM', () => {
      const synced = rows.filter(({ crm }) => crm)
      expect(synced.length).toBe(reachableAndFit(sandbox.population, 100).length)
      for (const row of synced) {
        const person = sandbox.population.findPerson({ email: row.email ?? '' })
        expect(row).toEqual({
          website: person?.company.website,
          name: person?.fullName,
          email: person?.email,
          verdict: 'deliverable',
          score: expect.any(Number),
          reasons: expect.arrayContaining(['+30 verdict is deliverable']),
          crm: { outcome: 'created', id: expect.stringMatching(/^\d+$/) },
          reason: null,
        })
        expect(row.score).toBe(Math.min(100, pointsIn(row.reasons ?? [])))
      }
    })

    test('every company and everybody on its website has a row, and who is not synced has the reason', () => {
      expect(websites().filter((website) => !rows.some((row) => row.website === website))).toEqual([])
      const shown = sandbox
        .companies(100)
        .flatMap(({ index }) => sandbox.population.peopleOf(index))
        .filter(sandbox.population.onWebsite)
      const found = new Set(rows.map(({ email }) => email))
      expect(shown.filter(({ email }) => !found.has(email)).map(({ email }) => email)).toEqual([])
      expect(rows.filter(({ crm, reason }) => !crm === !reason)).toEqual([])
    })

    test(
      'a second run leaves everything in the CRM as it is, and pays nothing',
      async () => {
        const first = await control().bill()
        expect(first.charges).toBeGreaterThan(0)
        expect(first.writes).toBeGreaterThan(0)
        await control().emptyBill()
        const again = await runFlagship(await n8n.use(hub), websites())
        const comparable = (row: Lead) => ({ ...row, crm: row.crm && row.crm.id })
        expect(again.map(comparable)).toEqual(rows.map(comparable))
        expect(new Set(again.flatMap(({ crm }) => (crm ? [crm.outcome] : [])))).toEqual(new Set(['unchanged']))
        expect(await control().bill()).toEqual({ charges: 0, writes: 0 })
        expect(await control().contactsIn('hubspot')).toEqual(reachableAndFit(sandbox.population, 100))
      },
      patience,
    )
  })
})
