import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Connectors } from '../../hub-server/src/contracts/connector.ts'
import type { BlockAnswer, Results } from '../../hub-server/src/api/runs.ts'
import type { Problem } from '../../hub-server/src/contracts/errors.ts'
import type { Result, Usage } from '../../hub-server/src/contracts/result.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import type { Mode } from '../../hub-server/src/contracts/scope.ts'
import { problemsOf } from '../../hub-server/src/contracts/validate.ts'
import { contracts } from '../generate/contracts.ts'

/** What a test says of a result; the fake hub adds the rest. */
export type HubResult = Partial<Omit<Result<object>, 'item'>>

export type HubProblem = Omit<Problem, 'type'>

export interface Asked {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body?: { items: Record<string, unknown>[]; options: Record<string, unknown>; async?: boolean }
}

interface Behaviour {
  /** What becomes of one item; done with no outputs unless told. */
  result?: (item: Record<string, unknown>, index: number) => HubResult
  /** Answers every request with this refusal. */
  problem?: HubProblem
  /** Answers every request with this. */
  html?: string
  /** How often a run is told to be still running before it has ended; it finishes ten more items each time. */
  polls?: number
  /** So many questions after a run are cut off without an answer. */
  breaks?: number
  /** What is held without ever being answered: the call of the block, or the question after its run. */
  holds?: 'block' | 'run'
  usage?: Partial<Usage>
  /** How a run ends, where not well. */
  ends?: Pick<Run, 'status' | 'error'>
  connectors?: Pick<Connector, 'id' | 'name' | 'connected'>[]
  /** What the key is for; the hub says so in each answer. */
  mode?: Mode
}

type Connector = Connectors['connectors'][number]

const connectorOf = (connector: Pick<Connector, 'id' | 'name' | 'connected'>): Connector => ({
  ...connector,
  docs: `https://${connector.id}.example`,
  groups: [],
  capabilities: [],
  icon: `/v1/connectors/${connector.id}/icon`,
  auth: { fields: [] },
  prices: [],
  checked: undefined,
})

interface FakeRun {
  readonly block: string
  readonly results: Result<object>[]
  polls: number
  finished: number
  status?: Run['status']
}

/** The hub waits for this many items; more become a run. From the design. */
const waitedFor = 100
const resultsPerPage = 100

/**
 * A hub on loopback that answers to the contract and refuses what does not fit the block's own schemas, as the real one
 * does: the node's requests are checked by the same validator.
 */
export const fakeHub = async (behaviour: Behaviour = {}) => {
  const asked: Asked[] = []
  const runs = new Map<string, FakeRun>()
  const runsByKey = new Map<string, string>()
  const { mode = 'test' } = behaviour
  const usage: Usage = { calls: 0, cached: 0, price: 0, credits: 0, ...behaviour.usage }
  let breaks = behaviour.breaks ?? 0
  const held = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const text = (await request.toArray()).map(String).join('')
    const url = new URL(request.url ?? '/', 'http://hub')
    const body: Asked['body'] = text === '' ? undefined : JSON.parse(text)
    asked.push({ method: request.method ?? '', url: `${url.pathname}${url.search}`, headers: request.headers, body })
    const send = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

    if (behaviour.html !== undefined)
      return response.writeHead(404, { 'content-type': 'text/html' }).end(behaviour.html)
    if (behaviour.problem) {
      const problem: Problem = { type: `about:blank#${behaviour.problem.kind}`, ...behaviour.problem }
      return send(problem.status, problem)
    }
    if (request.headers.authorization !== 'Bearer ainow_test_key') throw new Error('The key was not sent.')
    if (url.pathname === '/v1/connectors') {
      const known: Connectors = { connectors: (behaviour.connectors ?? []).map(connectorOf), problems: [] }
      return send(200, known)
    }
    const [, , room, id = '', rest] = url.pathname.split('/')
    if (room === 'blocks' && body) {
      const [status, value] = start(id, body, String(request.headers['idempotency-key']))
      return behaviour.holds === 'block' && !body.async ? held.resolve() : send(status, value)
    }
    if (room === 'runs' && breaks-- > 0) return response.destroy()
    if (room === 'runs' && rest === 'results') return send(200, page(id, Number(url.searchParams.get('cursor') ?? 0)))
    if (room === 'runs' && rest === 'cancel') {
      runOf(id).status = 'cancelled'
      return send(200, shown(id, 'cancelled'))
    }
    if (room === 'runs' && (rest === 'retry' || rest === 'resume')) return send(200, goOn(id))
    if (room === 'runs') return behaviour.holds === 'run' ? held.resolve() : send(200, progress(id))
    throw new Error(`Nobody asked for ${url.pathname}.`)
  }

  const start = (
    block: string,
    { items, options, async }: NonNullable<Asked['body']>,
    key: string,
  ): [200, BlockAnswer] | [202, { run: Run }] => {
    const contract = contracts.find(({ id }) => id === block)
    if (!contract) throw new Error(`There is no block ${block}.`)
    const wrong = problemsOf(contract.options, structuredClone(options))
    if (wrong.length > 0) throw new Error(`Options: ${JSON.stringify(wrong)}`)
    const results = items.map((item, index): Result<object> => {
      const broken = problemsOf(contract.item, structuredClone(item))
      const error = {
        kind: 'invalid_input' as const,
        message: `The item is not right: ${broken[0]?.path} ${broken[0]?.message}.`,
        advice: 'Correct it.',
      }
      const result: HubResult =
        broken.length > 0 ? { status: 'failed', error } : (behaviour.result?.(item, index) ?? {})
      return { status: 'done', outputs: [], ...result, item: index }
    })
    const before = runsByKey.get(key)
    const id = before ?? `run-${runs.size + 1}`
    runsByKey.set(key, id)
    if (before === undefined) runs.set(id, { block, results, polls: behaviour.polls ?? 0, finished: 0 })
    const run = runOf(id)
    const isAnswered = items.length <= waitedFor && !async && run.status !== 'cancelled'
    if (!isAnswered) return [202, { run: shown(id, run.status ?? 'queued') }]
    run.status = 'done'
    run.finished = results.length
    return [200, { run: shown(id, 'done'), mode, results, usage }]
  }

  const goOn = (id: string) => {
    delete runOf(id).status
    return shown(id, 'queued')
  }

  const runOf = (id: string) => {
    const run = runs.get(id)
    if (!run) throw new Error(`There is no run ${id}.`)
    return run
  }
  const shown = (id: string, status: Run['status']): Run => {
    const { block, results, finished } = runOf(id)
    const count = (wanted: Result['status']) => results.filter((result) => result.status === wanted).length
    const others = { skipped: count('skipped'), failed: count('failed'), uncertain: count('uncertain') }
    const done = finished - others.skipped - others.failed - others.uncertain
    const items = { total: results.length, pending: results.length - finished, done, ...others }
    return { id, block, mode, status, items, usage, createdAt: '2026-11-21T08:00:00.000Z' }
  }
  const progress = (id: string): Run => {
    const run = runOf(id)
    if (run.status === 'cancelled') return shown(id, run.status)
    run.polls -= 1
    run.finished += 10
    if (run.polls >= 0) return shown(id, 'running')
    run.finished = run.results.filter(({ status }) => status !== 'pending').length
    run.status = 'done'
    return { ...shown(id, 'done'), ...behaviour.ends }
  }
  const page = (id: string, from: number): Results => {
    const { results } = runOf(id)
    const to = from + resultsPerPage
    return { results: results.slice(from, to), ...(to < results.length && { next: String(to) }) }
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  /** `held` ends when a request has come that gets no answer. */
  return { address: `http://127.0.0.1:${port}`, asked, held: held.promise }
}
