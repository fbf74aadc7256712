import { setTimeout as pause } from 'node:timers/promises'
import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'
import { rounded } from '../shared/figures.ts'
import { vendorCounts } from '../shared/vendor-counts.ts'

/** One service's part in a run, by its own count. */
export interface Service {
  readonly calls: number
  readonly refused: number
  /** Seconds from the run's begin until the first and the last call, exact to `everyMs`. */
  readonly from: number
  readonly to: number
}

const everyMs = 250

/** Looks again and again what each service has counted. @returns what stops it and says what each was asked */
export const watchCalls = (sandbox: Sandbox): (() => Promise<ReadonlyMap<string, Service>>) => {
  const began = performance.now()
  const services = new Map<string, Service>()
  let watching = true
  const look = async (): Promise<void> => {
    const seconds = rounded((performance.now() - began) / 1000, 1)
    for (const [name, { calls, refused }] of await vendorCounts(sandbox)) {
      const before = services.get(name)
      if (before?.calls === calls) continue
      services.set(name, { calls, refused, from: before?.from ?? seconds, to: seconds })
    }
  }
  const watch = async (): Promise<void> => {
    while (watching) {
      await look()
      await pause(everyMs)
    }
  }
  const watched = watch()
  return async () => {
    watching = false
    await watched
    await look()
    return services
  }
}
