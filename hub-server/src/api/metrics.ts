import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

export interface MeasuredWork {
  readonly waiting: number
  readonly leased: number
  readonly oldestSeconds: number
}

/** What Prometheus reads: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export interface Metrics {
  readonly contentType: string
  readonly read: () => Promise<string>
}

/** @param openWork read anew each time that somebody asks */
export const createMetrics = (openWork: () => Promise<MeasuredWork>): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const depth = new Gauge({
    name: 'hub_open_chunks',
    help: 'Pieces of runs that are not done: waiting for a worker, or leased by one',
    labelNames: ['state'],
    registers: [registry],
  })
  const age = new Gauge({
    name: 'hub_oldest_open_work_seconds',
    help: 'Since when the oldest run has work that no worker has taken',
    registers: [registry],
  })
  return {
    contentType: registry.contentType,
    read: async () => {
      const { waiting, leased, oldestSeconds } = await openWork()
      depth.set({ state: 'waiting' }, waiting)
      depth.set({ state: 'leased' }, leased)
      age.set(oldestSeconds)
      return registry.metrics()
    },
  }
}
