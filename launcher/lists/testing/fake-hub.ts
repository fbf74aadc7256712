import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Me } from '../../../hub-server/src/contracts/me.ts'
import type { Block, Estimate, HubProblem, ReportRow, Run, Summary } from '../contract.ts'

/** One question that the fake hub was asked. */
export type Asked = {
  method: string
  path: string
  query: Record<string, string>
  body: string
  headers: IncomingMessage['headers']
}

export type FakeHub = {
  port: number
  /** Its data folder, with its keys; goes when it is closed. */
  folder: string
  asked: Asked[]
  runs: Run[]
  /** What the run becomes at each look; the last one stays. */
  script: ((run: Run) => Partial<Run>)[]
  /** What it says that every run came to. */
  summary: Summary
  /** Whether it knows how to write a backup. */
  writesBackup: boolean
  /** What it answers to who reads its data folder, by method and path: `GET /v1/keys`. */
  toOwner: Map<string, unknown>
  /** Refuses so instead, for a path. */
  refuse: Map<string, HubProblem>
  /** Paths whose answer ends in the middle. */
  breakOff: Set<string>
  close(): Promise<void>
}

export const keys = { test: 'ainow_test_fake', live: 'ainow_live_fake' }

/** Beside its lock, for who may read its data folder. */
export const ownerKey = 'of the owner'

const verifyEmail: Block = {
  id: 'verify-email',
  name: 'Verify Email',
  item: { properties: { email: { type: 'string' } } },
  options: {
    properties: {
      depth: { type: 'string', enum: ['full', 'free'] },
      providers: { type: 'array' },
      maxAgeDays: { type: 'integer' },
      raw: { type: 'boolean' },
    },
  },
}

const estimate: Estimate = {
  items: { total: 3, looked: 3, unable: 1 },
  reasons: [{ reason: 'lacks “email”', advice: 'Fill in email. --map email="<column>"', items: 1, first: 1 }],
  calls: { low: 1, likely: 2, high: 2 },
  price: { low: 4000, likely: 8000, high: 8000 },
  cached: 1,
  seconds: 2.5,
  providers: [{ provider: 'hunter', operation: 'verifyEmail', calls: 2, price: 8000, seconds: 2.5 }],
}

const row: ReportRow = {
  connector: 'hunter',
  operation: 'verifyEmail',
  calls: 2,
  items: 2,
  hits: 1,
  misses: 1,
  cached: 1,
  price: 8000,
  seconds: 2.5,
}

const me: Me = {
  workspace: { id: 'wsp_1', name: 'Fake' },
  mode: 'test',
  key: { id: 'key_1', name: 'Fake' },
  permissions: [],
}

/** What a hub says when it refuses. */
export const refusal = (
  status: number,
  kind: HubProblem['kind'],
  detail: string,
  advice = 'Try again.',
): HubProblem => ({ type: `about:blank#${kind}`, title: 'Refused', status, kind, detail, advice })

const freshRun = (number: number, total: number, mode: Run['mode']): Run => ({
  id: `run_${number}`,
  block: verifyEmail.id,
  mode,
  status: 'queued',
  items: { total, done: 0, pending: total, skipped: 0, failed: 0, uncertain: 0 },
  usage: { calls: 0, cached: 0, price: 0, credits: 0 },
  createdAt: new Date().toISOString(),
})

/** A run that is over: everything done. */
export const allDone = (run: Run): Partial<Run> => ({
  status: 'done',
  items: { ...run.items, done: run.items.done + run.items.pending, pending: 0 },
  usage: { calls: 2, cached: 1, price: 8000, credits: 2 },
})

/** A hub on loopback that keeps to the REST contract of runs, and does in them what the test's script says. */
export async function fakeHub(): Promise<FakeHub> {
  const byKey = new Map<string, Run>()
  const hub: FakeHub = {
    port: 0,
    folder: mkdtempSync(join(tmpdir(), 'hub-fake-')),
    asked: [],
    runs: [],
    script: [allDone],
    summary: { outputs: 3, empty: 0, reasons: [] },
    writesBackup: false,
    toOwner: new Map(),
    refuse: new Map(),
    breakOff: new Set(),
    close: async () => undefined,
  }

  writeFileSync(join(hub.folder, 'keys.json'), JSON.stringify(keys))

  const answerTo = ({ method, path, query, body, headers }: Asked): { status: number; body: unknown } => {
    if (path === '/v1/backup' && hub.writesBackup) {
      const { file }: { file: string } = JSON.parse(body)
      writeFileSync(file, 'a backup')
      return { status: 200, body: { file } }
    }
    const toOwner = hub.toOwner.get(`${method} ${path}`)
    if (toOwner !== undefined && headers.authorization === `Bearer ${ownerKey}`) return { status: 200, body: toOwner }
    const known = [keys.test, keys.live].some((key) => headers.authorization === `Bearer ${key}`)
    if (path === '/health') return { status: 200, body: { status: 'ok', version: '0.1.0' } }
    const refused = known
      ? hub.refuse.get(path)
      : refusal(401, 'unauthorized', 'This key is not one of this hub’s.', 'Use a key from keys.json.')
    if (refused) return { status: refused.status, body: refused }
    if (path === '/v1/me') return { status: 200, body: me }
    if (path === '/v1/blocks')
      return { status: 200, body: { blocks: [verifyEmail, { ...verifyEmail, id: 'score-lead' }] } }
    if (path === '/v1/report') return { status: 200, body: { rows: [row] } }
    if (path === '/v1/runs/estimate') return { status: 200, body: estimate }
    if (path === '/v1/runs' && method === 'GET')
      return { status: 200, body: { runs: [byKey.get(query.key ?? '') ?? []].flat() } }
    if (path === '/v1/runs' && method === 'POST') {
      const key = String(headers['idempotency-key'])
      // As the hub does: the key stands for the whole request.
      const before = byKey.get(key)
      if (before && String(before.budget) !== String(query.budget))
        return {
          status: 409,
          body: refusal(409, 'conflict', 'This Idempotency-Key was used before with another body or another budget.'),
        }
      const run =
        byKey.get(key) ??
        freshRun(
          hub.runs.length + 1,
          body.trimEnd().split('\n').length - 1,
          headers.authorization === `Bearer ${keys.live}` ? 'live' : 'test',
        )
      if (!byKey.has(key))
        hub.runs.push({ ...run, ...(query.budget !== undefined && { budget: Number(query.budget) }) })
      byKey.set(key, hub.runs.find(({ id }) => id === run.id) ?? run)
      return { status: 202, body: { run: byKey.get(key) } }
    }
    const [, , , id, action] = path.split('/')
    const run = hub.runs.find((one) => one.id === id)
    if (!run) return { status: 404, body: refusal(404, 'not_found', `There is no ${path}.`) }
    if (action?.startsWith('results.'))
      return { status: 200, body: action === 'results.csv' ? 'email,result.status\na,done\n' : '{"email":"a"}\n' }
    if (action === 'summary') return { status: 200, body: hub.summary }
    if (action === 'retry') return { status: 200, body: Object.assign(run, { status: 'running' }) }
    if (action === 'resume')
      return { status: 200, body: Object.assign(run, { status: 'running', error: undefined }, JSON.parse(body)) }
    if (['queued', 'running'].includes(run.status))
      Object.assign(run, (hub.script.length > 1 ? hub.script.shift() : hub.script[0])?.(run))
    return { status: 200, body: run }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake')
    const asked = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: await text(request),
      headers: request.headers,
    }
    if (asked.path !== '/health') hub.asked.push(asked)
    const { status, body } = answerTo(asked)
    if (hub.breakOff.has(asked.path)) {
      response.writeHead(status).write(String(body), () => response.destroy())
      return
    }
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address === 'object' && address) hub.port = address.port
  hub.close = async () => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    rmSync(hub.folder, { recursive: true })
  }
  return hub
}
