import { expect, it } from 'vitest'
import { loadConnectors } from '../connectors/index.ts'
import { fileURLToPath } from 'node:url'
import { providerOf } from './providers.ts'
import { chooseBatching } from './batching.ts'

const builtIn = fileURLToPath(new URL('../../connectors', import.meta.url))
const { connectors } = await loadConnectors({ builtIn })
type Connection = Parameters<typeof providerOf>[2]
const provider = (id: string, operation: string, own: Partial<Connection> = {}) =>
  providerOf(connectors.get(id) ?? expect.fail(`There is no ${id}.`), operation, {
    id: 'con_1',
    connector: id,
    fields: {},
    ...own,
  })

it('is one by one where single calls end sooner than batches may be sent', () => {
  const { size, seconds } = chooseBatching(provider('zerobounce', 'verifyEmail'), 10_000)
  expect(size).toBe(1)
  // A hundred batches would take 200 s.
  expect(seconds).toBeLessThan(100)
})

it('is in batches where both are held to the same limit, as the person’s own plan', () => {
  const own = provider('zerobounce', 'verifyEmail', { limits: [{ calls: 50, per: '1s' }] })
  expect(chooseBatching(own, 10_000)).toEqual({ size: 100, seconds: 2 })
  expect(chooseBatching(provider('people-data-labs', 'enrichPerson'), 500).size).toBe(100)
})

it('counts a day’s quota only when it is used up', () => {
  expect(chooseBatching(provider('neverbounce', 'verifyEmail'), 40_000)).toMatchObject({ size: 1000 })
  expect(chooseBatching(provider('neverbounce', 'verifyEmail'), 40_000).seconds).toBeLessThan(60)
})
