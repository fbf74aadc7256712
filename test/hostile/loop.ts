import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface Watched<Value> {
  readonly value: Value
  readonly ms: number
  /** The longest that the event loop was held meanwhile. */
  readonly heldMs: number
}

const resolution = 5

/** Does work and says how long it took, and how long it held the event loop. */
export const watched = async <Value>(work: () => Promise<Value>): Promise<Watched<Value>> => {
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  const began = performance.now()
  const value = await work()
  const ms = performance.now() - began
  // What was held to the very end is seen at the next turn.
  await new Promise((resolve) => setTimeout(resolve, resolution * 2))
  delay.disable()
  return { value, ms, heldMs: Math.max(0, delay.max / 1e6 - resolution) }
}

/** The greatest of them, and which it was. */
export const worstOf = (all: ReadonlyMap<string, number>): string => {
  const [name, value] = [...all].reduce((worst, one) => (one[1] > worst[1] ? one : worst), ['none', 0])
  return `${Math.round(value)} ms (${name})`
}
