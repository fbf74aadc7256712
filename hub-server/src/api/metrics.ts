import type { OpenWork } from '../runs/open-work.ts'
import { route, type Route } from './route.ts'

/** Loaded when somebody asks first: it is heavy, and many a hub is asked by nobody. */
const openRegistry = async () => {
  const { collectDefaultMetrics, Gauge, Registry } = await import('prom-client')
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
    type: registry.contentType,
    tell: ({ waiting, leased, oldestSeconds }: OpenWork): Promise<string> => {
      depth.set({ state: 'waiting' }, waiting)
      depth.set({ state: 'leased' }, leased)
      age.set(oldestSeconds)
      return registry.metrics()
    },
  }
}

/** @param openWork read anew each time that somebody asks */
export const metricsRoutes = (openWork: () => Promise<OpenWork>): Route[] => {
  let opened: ReturnType<typeof openRegistry> | undefined
  return [
    route({
      method: 'get',
      path: '/metrics',
      group: 'Hub',
      permission: 'hub.watch',
      summary: 'Open work and its age, and what Node tells of the process, as Prometheus reads it',
      answers: { 200: 'text/plain' },
      handle: async () => {
        const { type, tell } = await (opened ??= openRegistry())
        // https://prometheus.io/docs/instrumenting/exposition_formats/
        return { status: 200, text: { type, parts: [await tell(await openWork())], shows: 'nobody' } }
      },
    }),
  ]
}
