import { setTimeout as sleep } from 'node:timers/promises'
import { interrupted, Problem } from './problem.ts'

type Patience = {
  /** Completes the sentence "… within 60 seconds", for the error. */
  expectation: string
  /** Seconds. */
  within: number
  stop: AbortSignal
  /** Milliseconds between two looks. */
  every?: number
}

/**
 * Looks again and again until there is something to see.
 * @throws Problem when it is not there in time, or when the launcher is asked to stop
 */
export async function until<T>(look: () => Promise<T | undefined>, patience: Patience): Promise<T> {
  const deadline = performance.now() + patience.within * 1000
  for (;;) {
    if (patience.stop.aborted) throw interrupted()
    const seen = await look()
    if (seen !== undefined) return seen
    if (performance.now() > deadline) {
      throw new Problem(`${patience.expectation} within ${patience.within} seconds.`)
    }
    await sleep(patience.every ?? 50)
  }
}

/** Whether an address answers with a success now. Nothing listening there yet counts as no. */
export async function answers(address: string): Promise<true | undefined> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.ok ? true : undefined
  } catch (error) {
    // fetch throws TypeError for every failure of the network, and TimeoutError when it takes too long.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return undefined
    throw error
  }
}
