import type { AddressInfo } from 'node:net'
import { HubError } from '../contracts/errors.ts'
import { createVendors } from './all-vendors.ts'
import { createControl } from './control.ts'
import { createPopulation } from './population/population.ts'
import { createSandboxServer } from './server.ts'
import { isUsual } from './usual.ts'
import type { HostAddress, Sandbox, SandboxOptions } from './types.ts'
import { createClock } from './vendors/clock.ts'
import { createCutOffs } from './vendors/cut-off.ts'
import { createOutages } from './vendors/outages.ts'
import { createRequestLog } from './vendors/request-log.ts'
import type { Latencies } from './vendors/play.ts'
import { createWebsites } from './websites/websites.ts'

const isPort = (address: AddressInfo | string | null): address is AddressInfo =>
  address !== null && typeof address === 'object'

/** See index.ts. */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const host = options.host ?? '127.0.0.1'
  if (!/^127(\.\d+){3}$|^::1$|^localhost$/.test(host))
    throw new HubError('invalid_input', `The sandbox listens on loopback only, not on ${host}.`)
  const population = createPopulation(options.seed ?? 1)
  const [clock, log, outages, cutOffs] = [createClock(), createRequestLog(), createOutages(), createCutOffs()]
  const websites = createWebsites(population, options.sites)
  let latency: Latencies = options.latency ?? 'none'
  const folders = typeof options.connectorsDir === 'string' ? [options.connectorsDir] : options.connectorsDir
  const vendors = createVendors({ folders, own: options.own ?? [], population, clock, latency: () => latency })

  let port = 0
  const address = host === 'localhost' ? '127.0.0.1' : host
  const resolveHost = (name: string): HostAddress | null => {
    const at = websites.addressOf(name, address)
    return at === null ? null : { address: at, port }
  }
  const control = createControl({
    population,
    vendors,
    clock,
    log,
    outages,
    cutOffs,
    resolveHost,
    setLatency: (wanted) => {
      latency = wanted
    },
  })
  const { http: server, stopMail } = createSandboxServer({ vendors, websites, clock, log, outages, cutOffs, control })
  // Longer than clients keep an idle connection: else one of them asks just when it is being closed.
  server.keepAliveTimeout = 65_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const bound = server.address()
  if (isPort(bound)) ({ port } = bound)
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`

  return {
    url,
    population,
    resolveHost: (name) => Promise.resolve(resolveHost(name)),
    resolveMx: (domain) => Promise.resolve(population.resolveMx(domain)),
    vendorBase: (connector, of) => `${url}/${connector}/${of}`,
    isUsual,
    companies: population.companies,
    stop: () =>
      new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        // Traps and slow answers would hold it open for ever.
        server.closeAllConnections()
        stopMail()
        vendors.close()
      }),
  }
}
