import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Capability } from '../../hub-server/src/capabilities/capability.ts'
import { addToAudience } from '../../hub-server/src/capabilities/addToAudience.ts'
import { upsertRecords } from '../../hub-server/src/capabilities/records.ts'
import { writeRows } from '../../hub-server/src/capabilities/rows.ts'
import { verifyEmail } from '../../hub-server/src/capabilities/verifyEmail.ts'
import { batchSize } from '../../hub-server/src/connectors/index.ts'
import type { Asked } from '../../hub-server/src/gateway/asking/gateway.ts'
import { openStage, type Ask, type Stage } from './stage.ts'

/** How often vendors are asked, counted by the sandbox: what a batch can hold goes in one call. */
describe('calls that the sandbox counts', () => {
  let stage: Stage
  let ask: Ask
  beforeAll(async () => {
    stage = await openStage()
    ask = (await stage.desk('ws_1')).ask
  })
  afterAll(() => stage.close())
  beforeEach(() => stage.post('reset'))

  /** Calls of an operation: log-ins do not count. */
  const callsAt = async (connector: string): Promise<number> => {
    const counts = (await (await fetch(`${stage.sandbox.url}/_sandbox/counts`)).json()) as Record<
      string,
      Record<string, Record<string, { calls: number }>>
    >
    const routes = Object.values(counts[connector] ?? {}).flatMap((ofKey) => Object.entries(ofKey))
    return routes.filter(([route]) => !route.includes('oauth')).reduce((sum, [, { calls }]) => sum + calls, 0)
  }
  const recordsAt = async (connector: string, object: string): Promise<{ fields: Record<string, unknown> }[]> =>
    (
      (await (await fetch(`${stage.sandbox.url}/_sandbox/records/${connector}?object=${object}`)).json()) as {
        records: { fields: Record<string, unknown> }[]
      }
    ).records
  const done = (answers: readonly Asked<unknown>[]): number =>
    answers.filter(({ status, outputs }) => status === 'done' && outputs.length === 1).length

  const many = 10_000
  const contact = (n: number) => ({
    object: 'contact',
    key: `p${n}@calls.example`,
    fields: { firstName: `P${n}`, lastName: `Q${n}` },
  })
  /** How often each is asked about; HubSpot's contacts are looked for before they are written. */
  const jobs: [string, string, Capability, (n: number) => unknown, number][] = [
    ['hubspot', 'upsertRecords.contact', upsertRecords, contact, 2],
    ['hubspot', 'upsertRecords.contact', upsertRecords, (n) => ({ ...contact(n), absent: true }), 1],
    ['salesforce', 'upsertRecords.contact', upsertRecords, contact, 1],
  ]
  test.each(jobs)(
    'ten thousand at %s (%s): at most 1.1 times the fullest batches',
    async (connector, operation, capability, item, times) => {
      const answers = await ask(
        capability,
        connector,
        Array.from({ length: many }, (_, n) => item(n)),
      )
      expect(answers.find(({ error }) => error)?.error).toBeUndefined()
      expect(done(answers)).toBe(many)
      const greatest = batchSize(stage.connectors.get(connector) ?? expect.fail(`There is no ${connector}.`), operation)
      expect(greatest).toBeGreaterThanOrEqual(100)
      expect(await callsAt(connector)).toBeLessThanOrEqual(1.1 * times * Math.ceil(many / greatest))
    },
    180_000,
  )

  test('ten thousand at ZeroBounce go one by one: its limits let them through sooner than batches', async () => {
    const addresses = Array.from({ length: many }, (_, n) => ({ email: `p${n}@calls.example` }))
    expect(done(await ask(verifyEmail, 'zerobounce', addresses))).toBe(many)
    expect(await callsAt('zerobounce')).toBe(many)
  })

  test('one person written by many at once is one person at Pipedrive', async () => {
    const write = (n: number) =>
      ask(upsertRecords, 'pipedrive', [
        {
          object: 'contact',
          key: n % 2 ? 'ann@calls.example' : 'Ann@Calls.example',
          fields: { firstName: 'Ann', lastName: `Lee ${n}` },
        },
      ])
    const answers = (await Promise.all(Array.from({ length: 12 }, (_, n) => write(n)))).flat()
    expect(done(answers)).toBe(12)
    expect(await recordsAt('pipedrive', 'person')).toHaveLength(1)
  })

  test('rows written by many at once are one row for each key', async () => {
    const write = (n: number) =>
      ask(
        writeRows,
        'google-sheets',
        [0, 1, 2].map((k) => ({
          document: 'd',
          table: 'Leads',
          key: ['E-mail'],
          values: { 'E-mail': `p${k}@calls.example`, Round: n },
        })),
      )
    const answers = (await Promise.all(Array.from({ length: 6 }, (_, n) => write(n)))).flat()
    expect(done(answers)).toBe(18)
    const [sheet] = await recordsAt('google-sheets', 'sheet')
    expect(sheet?.fields.rows).toHaveLength(4)
  })

  test('a list of five hundred people at Mailchimp is one call', async () => {
    const answers = await ask(
      addToAudience,
      'mailchimp',
      Array.from({ length: 500 }, (_, n) => ({ list: 'a1b2c3d4e5', email: `p${n}@calls.example` })),
    )
    expect(done(answers)).toBe(500)
    expect(await callsAt('mailchimp')).toBe(1)
  })
})
