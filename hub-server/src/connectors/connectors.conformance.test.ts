import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { perform } from './ask/perform.ts'
import type { Connector } from './compiled/connector.ts'
import { loadConnectors } from './load/loadConnectors.ts'
import { replayExamples } from './examples/replay.ts'
import { missingCases } from './examples/required.ts'

// One suite for every connector; adding one adds no test code. CONNECTORS_DIR: users' own, separated by ":".
const shown = fileURLToPath(new URL('../../../docs/examples', import.meta.url))
const own = [shown, ...(process.env.CONNECTORS_DIR ?? '').split(':').filter(Boolean)]
const { connectors, problems } = await loadConnectors({
  builtIn: fileURLToPath(new URL('../../connectors', import.meta.url)),
  own,
})

it('every connector.yaml is right', () => {
  expect(problems).toEqual([])
})

it('docs/your-own-crm.md shows its connector as it is', async () => {
  const page = await readFile(join(shown, '../your-own-crm.md'), 'utf8')
  for (const file of ['connector.yaml', 'examples/upsertRecords.contact.hit.json'])
    expect(page).toContain((await readFile(join(shown, 'acme-crm', file), 'utf8')).trim())
})

const replayed: { connector: Connector; outcomes: Awaited<ReturnType<typeof replayExamples>> }[] = []
// One after the other: a user's expressions have half a second each, which others must not use up.
for (const connector of connectors.values()) replayed.push({ connector, outcomes: await replayExamples(connector) })

for (const { connector, outcomes } of replayed) {
  describe(connector.id, () => {
    for (const outcome of outcomes) {
      it(`${outcome.operation}: ${outcome.case}`, () => {
        expect(outcome.problems).toEqual([])
      })
    }

    it('has an example of every case', () => {
      expect(missingCases(connector, outcomes)).toEqual([])
    })

    it('asks nobody about nothing', async () => {
      const never = (): Promise<never> => Promise.reject(new Error('nothing was to be asked'))
      for (const operation of connector.operations.keys()) {
        const account = { connection: 'none', fields: {}, tokens: { get: () => Promise.resolve(null), renew: never } }
        expect(
          await perform({
            connector,
            operation,
            items: [],
            account,
            send: never,
            signal: new AbortController().signal,
            sleep: never,
          }),
        ).toEqual([])
      }
    })

    it('says which fields of a record it does not write', () => {
      const silent = [...connector.operations.values()].filter(
        ({ capability, manifest }) => capability.name === 'upsertRecords' && manifest.notWritten === undefined,
      )
      expect(silent.map(({ key }) => key)).toEqual([])
    })

    it('says what it was checked against, and where limits and prices come from', () => {
      const { checked, limits = [], price } = connector.manifest
      expect(checked?.against ?? 'nothing').toMatch(/^(official|sdk|docs|nothing)$/)
      if (checked && checked.against !== 'nothing') expect(checked.on).toBeDefined()
      for (const fact of [...limits, ...(price ? [price] : [])])
        expect(fact, JSON.stringify(fact)).toMatchObject({
          source: expect.any(String) as string,
          on: expect.any(String) as string,
        })
    })
  })
}
