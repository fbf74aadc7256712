import type { Asking } from '../asking/gateway.ts'

/** Who asks the gateway, where a test says no more: nobody stops them, and nothing bounds what an item costs. */
export const askingFor = (parts: Pick<Asking, 'scope' | 'run'> & Partial<Asking>): Asking => {
  const { signal } = new AbortController()
  return { signal, stop: signal, nameOf: String, cost: { get: () => undefined, set: () => undefined }, ...parts }
}
