import { expect, it } from 'vitest'
import { batchSize, canDo, creditsOf, limitFromHeaders, limitsOf, operationsFor, priceOf } from './terms.ts'
import { fixture } from './testing/play.ts'

const batch = await fixture('batch-any-order')
const offset = await fixture('pages-by-offset')
const crm = await fixture('multi-status')
const all = new Map([batch, offset, crm].map((connector) => [connector.id, connector]))

it('knows who offers a capability, of any kind of record or of one', () => {
  const found = (capability: string, object?: string) =>
    operationsFor(all, capability, object).map(({ connector, operation }) => `${connector.id} ${operation}`)
  expect(found('verifyEmail')).toEqual(['batch-any-order verifyEmail'])
  expect(found('upsertRecords', 'contact')).toEqual(['multi-status upsertRecords.contact'])
  expect(found('upsertRecords')).toEqual(['multi-status upsertRecords.contact'])
  expect(found('upsertRecords', 'deal')).toEqual([])
})

it('knows the highest price of an item, by its results where the vendor counts those', () => {
  expect(creditsOf(batch, 'verifyEmail')).toBe(1)
  expect(creditsOf(offset, 'searchPeople', { limit: 25 })).toBe(3)
  expect(creditsOf(offset, 'searchPeople')).toBe(1)
  expect(priceOf(batch)).toBe(0)
  expect(() => creditsOf(batch, 'sendEmail')).toThrow('Batch Any Order cannot do sendEmail.')
})

it('knows how many items a call takes', () => {
  expect([batchSize(batch, 'verifyEmail'), batchSize(offset, 'searchPeople')]).toEqual([100, 1])
})

it('knows which items an operation can work with', async () => {
  const poll = await fixture('start-then-poll')
  expect(
    [{ email: 'a' }, { firstName: 'A', lastName: ' ' }, { firstName: 'A', lastName: 'B', company: 'C' }].map((item) =>
      canDo(poll, 'enrichPerson', item),
    ),
  ).toEqual([true, false, true])
})

it('keeps the limits of the server, the operation and the bucket that is called', () => {
  const limits = [
    { calls: 1, per: '1s' },
    { calls: 2, per: '1s', server: 'bulk' },
    { calls: 3, per: '1s', operation: 'verifyEmail' },
    { calls: 4, per: '1s', bucket: 'search' },
    { calls: 5, per: '1s', bucket: 'default' },
  ]
  const connector = { ...batch, manifest: { ...batch.manifest, limits } }
  const calls = (operation: string, server: string, bucket = 'default') =>
    limitsOf(connector, { operation, server, bucket }).map((limit) => limit.calls)
  expect(calls('verifyEmail', 'default')).toEqual([1, 3, 5])
  expect(calls('verifyEmail', 'bulk')).toEqual([1, 2, 3, 5])
  expect(calls('auth', 'default')).toEqual([1, 5])
  expect(calls('auth', 'default', 'search')).toEqual([1, 4])
})

it('waits as long as the headers say when nothing is left', () => {
  const connector = (resetIs?: 'epoch' | 'date' | 'milliseconds') => ({
    ...batch,
    manifest: {
      ...batch.manifest,
      limitHeaders: { remaining: 'X-Left', reset: 'X-Reset', ...(resetIs && { resetIs }) },
    },
  })
  const wait = (left: string, reset: string, resetIs?: 'epoch' | 'date') =>
    limitFromHeaders(
      connector(resetIs),
      { status: 200, headers: { 'x-left': left, 'x-reset': reset }, body: {}, text: '' },
      1_000_000,
    )
  expect(wait('0', '7')).toBe(7000)
  expect(wait('1', '7')).toBeNull()
  expect(wait('0', '1009', 'epoch')).toBe(9000)
  expect(wait('0', new Date(1_004_000).toUTCString(), 'date')).toBe(4000)
  expect(wait('0', 'soon')).toBeNull()
  expect(limitFromHeaders(batch, { status: 200, headers: {}, body: {}, text: '' })).toBeNull()
})
