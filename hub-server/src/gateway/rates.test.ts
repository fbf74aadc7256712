import { expect, it } from 'vitest'
import type { VendorRequest } from '../connectors/index.ts'
import { fixture } from '../connectors/testing/play.ts'
import { providerOf } from './providers.ts'
import { concurrencyOf, ratesOf } from './rates.ts'

const batch = await fixture('batch-any-order')
type Limits = NonNullable<typeof batch.manifest.limits>
const providerWith = (limits: Limits) =>
  providerOf({ ...batch, manifest: { ...batch.manifest, limits } }, 'verifyEmail', {
    id: 'con_1',
    connector: batch.id,
    fields: {},
  })
const request = (server: string): VendorRequest => ({
  connector: batch.id,
  operation: 'verifyEmail',
  server,
  bucket: 'default',
  protocol: 'http',
  method: 'GET',
  url: 'http://127.0.0.1',
  headers: {},
  as: 'json',
  timeoutMs: 1000,
})

it('counts a limit of the whole account once, whichever other limits a server has', () => {
  const provider = providerWith([
    { calls: 5, per: '1s', server: 'default' },
    { calls: 100, per: '1d' },
  ])
  const keys = (server: string) => ratesOf('account', provider, request(server)).map(({ key }) => key)
  expect(keys('default')).toHaveLength(2)
  expect(keys('default')).toContain(keys('search')[0])
})

it('shares what a vendor allows at once between processes, and takes a usual number where it says nothing', () => {
  const allowed = (limits: Limits, processes: number) =>
    concurrencyOf(providerWith(limits), request('default'), processes)
  expect([
    allowed([{ concurrency: 50 }], 1),
    allowed([{ concurrency: 50 }], 4),
    allowed([{ concurrency: 2 }], 4),
    allowed([], 4),
  ]).toEqual([50, 12, 1, 32])
})
