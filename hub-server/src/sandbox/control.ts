import type { IncomingMessage } from 'node:http'
import { HubError } from '../contracts/errors.ts'
import type { Vendors } from './all-vendors.ts'
import type { AtVendor } from './vendors/at-vendor.ts'
import { parseBody, readBytes } from './vendors/body.ts'
import type { Clock } from './vendors/clock.ts'
import { underWayMs, type CutOffs } from './vendors/cut-off.ts'
import type { Outages } from './vendors/outages.ts'
import type { RequestLog } from './vendors/request-log.ts'
import type { Latencies } from './vendors/play.ts'
import type { HostAddress } from './types.ts'
import type { Population } from './population/population.ts'

export interface ControlParts {
  readonly population: Population
  readonly vendors: Vendors
  readonly clock: Clock
  readonly log: RequestLog
  readonly outages: Outages
  readonly cutOffs: CutOffs
  readonly resolveHost: (name: string) => HostAddress | null
  readonly setLatency: (latency: Latencies) => void
}

const numberIn = (body: unknown, name: string): number => {
  const value: unknown =
    body !== null && typeof body === 'object' ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new HubError('invalid_input', `Send {"${name}": <number>}.`)
  return value
}

const named = (query: URLSearchParams, name: string): string => {
  const value = query.get(name)
  if (!value) throw new HubError('invalid_input', `Say which: ?${name}=…`)
  return value
}

const recordIn = (query: URLSearchParams): { object: string; id: string } => ({
  object: named(query, 'object'),
  id: named(query, 'id'),
})

const wholeNumber = (value: string | null, fallback: number, most: number): number => {
  const number = value === null ? fallback : Number(value)
  if (!Number.isInteger(number) || number < 0) throw new HubError('invalid_input', `${value} is no whole number.`)
  return Math.min(number, most)
}

/**
 * Programs alone ask here; a browser says which page made it ask.
 * @throws HubError forbidden
 */
const refusePages = ({ headers }: IncomingMessage): void => {
  if (headers.origin === undefined && !/^(?:cross|same)-site$/.test(String(headers['sec-fetch-site']))) return
  throw new HubError('forbidden', 'The sandbox takes no orders from web pages.')
}

/**
 * The routes under /_sandbox/, for tests and for a hub in another process; docs/sandbox.md lists them.
 * @throws HubError not_found for any other, invalid_input for a wrong body
 */
export const createControl = ({
  population,
  vendors,
  clock,
  log,
  outages,
  cutOffs,
  resolveHost,
  setLatency,
}: ControlParts) => {
  const at = async (connector: string, wanted: AtVendor): Promise<unknown> => {
    const player = await vendors.playerOf(connector)
    if (!player) throw new HubError('not_found', `There is no ${connector}/sandbox.yaml.`)
    return player.atVendor(wanted)
  }

  const recordsOf = (connector: string, query: URLSearchParams): Promise<unknown> => {
    const object = query.get('object')
    if (!object) throw new HubError('invalid_input', 'Say which: ?object=contact.')
    const limit = wholeNumber(query.get('limit'), 1000, 20_000)
    return at(connector, { do: 'records', object, account: query.get('account'), limit })
  }

  const forget = async (): Promise<void> => {
    log.reset()
    outages.reset()
    cutOffs.reset()
    await vendors.reset()
  }

  return async (request: IncomingMessage, url: URL): Promise<unknown> => {
    refusePages(request)
    const what = `${request.method} ${url.pathname.slice('/_sandbox/'.length)}`
    const query = url.searchParams
    const body = async (): Promise<unknown> => (await parseBody(await readBytes(request), 'application/json')).body
    switch (what) {
      case 'GET about':
        return { seed: population.seed, size: population.size, now: clock.now() }
      case 'GET host':
        return { address: resolveHost(query.get('name') ?? '') }
      case 'GET companies':
        return {
          companies: population.companies(
            wholeNumber(query.get('limit'), 25, 1000),
            wholeNumber(query.get('offset'), 0, 2 ** 31),
          ),
        }
      case 'GET counts':
        return vendors.counts()
      case 'POST counts':
        await vendors.forgetCounts()
        return {}
      case 'POST reset':
        await forget()
        return {}
      case 'GET requests':
        return { requests: log.last(query.get('connector') ?? undefined, wholeNumber(query.get('limit'), 100, 500)) }
      case 'GET cut-offs': {
        const ports = query
          .get('ports')
          ?.split(',')
          .map((port) => wholeNumber(port, 0, 65_535))
        const [path, within] = [query.get('path') ?? '', wholeNumber(query.get('within'), underWayMs, 30_000)]
        return cutOffs.at(wholeNumber(query.get('at'), 0, Number.MAX_SAFE_INTEGER), {
          ...(ports && { ports }),
          path,
          within,
        })
      }
      case 'GET outages':
        return outages.all()
      case 'POST outage': {
        const connector = query.get('connector')
        if (!connector) throw new HubError('invalid_input', 'Say which: ?connector=hunter.')
        outages.begin(connector, numberIn(await body(), 'ms'))
        return {}
      }
      case 'POST lose': {
        outages.lose(named(query, 'connector'), named(query, 'path'), numberIn(await body(), 'answers'))
        return {}
      }
      case 'POST lag': {
        return at(named(query, 'connector'), { do: 'lag', ms: numberIn(await body(), 'ms') })
      }
      case 'POST edit': {
        const given = await body()
        const fields = typeof given === 'object' && given !== null ? { ...given } : {}
        return at(named(query, 'connector'), { do: 'edit', ...recordIn(query), fields })
      }
      case 'POST drop': {
        return at(named(query, 'connector'), { do: 'drop', ...recordIn(query) })
      }
      case 'POST clock':
        clock.advance(numberIn(await body(), 'advance'))
        return { now: clock.now() }
      case 'POST latency': {
        const [ms, connector] = [numberIn(await body(), 'ms'), query.get('connector')]
        setLatency(connector === null ? ms : { [connector]: ms })
        return {}
      }
    }
    const connector = /^GET records\/([^/]+)$/.exec(what)?.[1]
    if (connector !== undefined) return recordsOf(connector, query)
    throw new HubError('not_found', `The sandbox has no ${what}.`)
  }
}
