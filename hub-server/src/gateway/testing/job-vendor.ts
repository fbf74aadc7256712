import { setTimeout as pause } from 'node:timers/promises'
import { serveForAll } from './serve-for-all.ts'

interface Job {
  readonly path: string
  readonly asked: Record<string, unknown>
  state: 'running' | 'done' | 'failed' | 'refused' | 'lost' | 'down' | 'nonsense'
}

/**
 * A vendor with jobs, lists, robots, searches and later answers, as testing/manifests/jobs.yaml describes it, for all
 * tests of a `describe`. Its jobs run until the test says otherwise; it counts what it was given.
 */
export const jobVendorForAll = () => {
  const jobs: Job[] = []
  const calls: string[] = []
  let ends: Job['state'] = 'running'
  /** Called when a request has come, before it is answered. */
  let before: (call: string) => Promise<void> | void = () => undefined
  const verdict = (email: unknown): string => (String(email).startsWith('nobody') ? 'unknown' : 'deliverable')

  const result = ({ path, asked }: Job): object => {
    if (path === '/robots') return { rows: [{ robot: asked.robot }] }
    if (path === '/searches')
      return { people: [1, 2].map((n) => ({ name: `Person ${n} of page ${asked.page}` })), more: asked.page === 1 }
    return {
      results: (asked.emails as string[]).map((email) => ({ email: email.toUpperCase(), verdict: verdict(email) })),
    }
  }
  const answer = (call: string, body: Record<string, unknown>): [number, unknown] => {
    const [method, path = '', id, more] = /^(\w+) (\/[a-z]+)(?:\/(\d+))?(\/results)?/.exec(call)?.slice(1) ?? []
    if (path === '/check')
      return [200, { verdict: verdict(new URL(call.slice(4), 'http://x').searchParams.get('email')) }]
    if (path === '/texts') return [200, { text: `Text ${calls.length}` }]
    if (path === '/contacts') return [200, { found: [] }]
    if (method === 'POST') {
      jobs.push({ path, asked: body, state: ends })
      return [path === '/people' ? 202 : 200, { id: jobs.length }]
    }
    const job = jobs[Number(id) - 1]
    if (!job || job.state === 'lost') return [404, { message: 'No such job' }]
    if (job.state === 'down') return [503, {}]
    if (job.state === 'nonsense') return [200, undefined]
    return [
      200,
      more || job.path !== '/jobs'
        ? { state: job.state, ...(job.state === 'done' && result(job)) }
        : { state: job.state },
    ]
  }

  const server = serveForAll((request, response) => {
    const call = `${request.method} ${request.url?.replace(/^\/jobs-vendor/, '')}`
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const text = Buffer.concat(chunks).toString()
        calls.push(call)
        const [status, body] = answer(call, text ? (JSON.parse(text) as Record<string, unknown>) : {})
        void Promise.resolve(before(call)).then(() =>
          response
            .writeHead(status, { 'content-type': 'application/json' })
            .end(body === undefined ? '<html>Just a moment…' : JSON.stringify(body)),
        )
      })
  })
  return {
    get url() {
      return `${server.url}/jobs-vendor`
    },
    jobs,
    calls,
    submits: () => calls.filter((call) => /^POST \/(jobs|robots|searches|people)/.test(call)).length,
    /** What becomes of all jobs, also of those that are still to come. */
    all: (state: Job['state']): void => {
      ends = state
      for (const job of jobs) job.state = state
    },
    /** What becomes of the jobs that it has now. */
    these: (state: Job['state']): void => {
      for (const job of jobs) job.state = state
    },
    before: (what: typeof before): void => void (before = what),
    reset: (): void => {
      jobs.length = 0
      calls.length = 0
      ends = 'running'
      before = () => undefined
    },
  }
}

export const until = async (so: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await so())) await pause(5)
}

/** How each item went: its status, or the kind of its error. */
export const kinds = (answers: readonly { status: string; error?: { kind: string } }[]) =>
  answers.map(({ status, error }) => error?.kind ?? status)

/** By their addresses, from a number to another. */
export const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({ email: `p${from + at}@acme.example` }))
