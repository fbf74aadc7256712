import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allDone, fakeHub, keys, refusal, type FakeHub } from '../lists/testing/fake-hub.ts'
import { listen } from '../lists/testing/listen.ts'
import { Problem } from '../problem.ts'
import { report } from './report.ts'
import { run } from './run.ts'

const content = 'E-Mail\na@b.example\nc@d.example\ne@f.example\n'

const heard = listen()
let hub: FakeHub
let folder: string
let list: string

beforeEach(async () => {
  hub = await fakeHub()
  folder = hub.folder
  list = join(folder, 'leads.csv')
  writeFileSync(list, content)
})

afterEach(() => hub.close())

const never = new AbortController().signal
const place = (): string[] => ['--port', String(hub.port), '--data', folder]
const start = (words: string[] = [], stop = never): Promise<number> =>
  run(['verify-email', list, ...words, ...place()], stop)
const posted = (path = '/v1/runs') => hub.asked.filter((asked) => asked.path === path && asked.method === 'POST')
const lastLine = (): string | undefined => heard.said.trimEnd().split('\n').at(-1)
const keyOf = (at: number): unknown => posted()[at]?.headers['idempotency-key']

async function problemOf(work: Promise<number>): Promise<Problem> {
  const thrown: unknown = await work.then(
    (code) => `it ended with ${code}`,
    (error: unknown) => error,
  )
  if (thrown instanceof Problem) return thrown
  throw new Error('it was not refused', { cause: thrown })
}

test('a list is sent as it is, with what is to be done, and its results stand beside it', async () => {
  expect(
    await start([
      '--map',
      'email=E-Mail',
      '--option',
      'providers=hunter, zerobounce',
      '--option',
      'raw=true',
      '--budget',
      '5',
      '--item-budget',
      '0.05',
    ]),
  ).toBe(0)
  const [sent] = posted()
  expect(sent?.body).toBe(content)
  expect(sent?.headers).toMatchObject({ 'content-type': 'text/csv', authorization: `Bearer ${keys.test}` })
  expect(sent?.query).toEqual({
    block: 'verify-email',
    map: '{"email":"E-Mail"}',
    options: '{"providers":["hunter","zerobounce"],"raw":true}',
    budget: '5',
    itemBudget: '0.05',
  })
  expect(readFileSync(join(folder, 'leads.results.csv'), 'utf8')).toBe('email,result.status\na,done\n')
  expect(heard.said).toContain('Cost: $0.008 (made up: test mode) for 2 calls, and 1 kept answer at no cost.\n')
  expect(lastLine()).toBe('Done: 3 items: 3 done.')
})

test('with --live the live key is used, and JSON lines stay JSON lines', async () => {
  const lines = join(folder, 'leads.jsonl')
  writeFileSync(lines, '{}\n')
  expect(await run(['verify-email', lines, '--live', ...place()], never)).toBe(0)
  expect(posted()[0]?.headers).toMatchObject({
    'content-type': 'application/x-ndjson',
    authorization: `Bearer ${keys.live}`,
  })
  expect(existsSync(join(folder, 'leads.results.jsonl'))).toBe(true)
})

test(
  'the same command finds its run and writes its results again, without paying and without ' + 'overwriting',
  async () => {
    await start()
    expect(heard.said).toContain('3 items in the hub (run run_1).')
    expect(heard.said).not.toContain('knows this list')
    Object.assign(hub.runs[0] ?? {}, { createdAt: '2026-11-20T10:00:00.000Z' })
    await start()
    expect(keyOf(1)).toBe(keyOf(0))
    expect(hub.runs).toHaveLength(1)
    expect(heard.said).toContain('The hub knows this list: run run_1 of 2026-11-20 10:00 UTC.')
    expect(readdirSync(folder).filter((name) => name.includes('results'))).toEqual([
      'leads.results-2.csv',
      'leads.results.csv',
    ])
  },
)

test('--again makes a run of its own, which the plain command finds from then on', async () => {
  await start()
  await start(['--again'])
  await start()
  expect(hub.runs).toHaveLength(2)
  expect(keyOf(2)).toBe(keyOf(1))
})

test(
  'a run without budget left pauses with exit code 2 and the command that goes on; that ' + 'command wakes it',
  async () => {
    const error = {
      kind: 'over_budget' as const,
      message: 'The budget of this run is used up.',
      advice: 'Raise the budget and resume.',
    }
    hub.script = [
      (one) => ({
        status: 'paused',
        error,
        items: { ...one.items, done: 1, pending: 2 },
        usage: { calls: 1, cached: 0, price: 5_000_000, credits: 0 },
      }),
      allDone,
    ]
    expect(await start(['--budget', '5', '--again'])).toBe(2)
    expect(heard.said).toContain(
      'Paused: The budget of this run is used up. Raise the budget and resume.\n2 of 3 items are still to do; $5.00 ' +
        '(made up: test mode) is spent.',
    )
    expect(heard.said).toContain(`./hub run verify-email ${list} --port ${hub.port} --data ${folder} --budget 10\n`)
    expect(readdirSync(folder)).not.toContain('leads.results.csv')
    expect(await start(['--budget', '10'])).toBe(0)
    expect(JSON.parse(posted('/v1/runs/run_1/resume')[0]?.body ?? '')).toEqual({ budget: 10 })
    expect(hub.runs).toHaveLength(1)
  },
)

test('a run that was cancelled ends with exit code 2 and what there is, and the same command goes on', async () => {
  hub.script = [(one) => ({ status: 'cancelled', items: { ...one.items, done: 1, pending: 2 } }), allDone]
  expect(await start(['--again'])).toBe(2)
  expect(lastLine()).toBe('Stopped: 2 of 3 items not asked yet; run the same command again to go on.')
  expect(existsSync(join(folder, 'leads.results.csv'))).toBe(true)
  expect(await start()).toBe(0)
  expect(hub.runs).toHaveLength(1)
  expect(lastLine()).toBe('Done: 3 items: 3 done.')
})

test('a run of which something is open is never called done, whatever its status says', async () => {
  hub.script = [(one) => ({ status: 'done', items: { ...one.items, done: 1, pending: 2 } })]
  expect(await start()).toBe(2)
  expect(lastLine()).toBe('Stopped: 2 of 3 items not asked yet; run the same command again to go on.')
})

test('a run that skipped items ends with exit code 3, and says why and what to do', async () => {
  const reasons = [
    {
      status: 'skipped' as const,
      reason: 'There is no e-mail address to verify.',
      advice: 'Fill in email in these rows.',
      items: 2,
      first: 0,
    },
  ]
  hub.script = [(one) => ({ ...allDone(one), items: { ...one.items, done: 1, skipped: 2, pending: 0 } })]
  hub.summary = {
    outputs: 1,
    empty: 0,
    counted: { field: 'verdict', values: [{ value: 'deliverable', outputs: 1 }] },
    reasons,
  }
  expect(await start()).toBe(3)
  expect(heard.said).toContain(
    '2 items (the first is item 1): There is no e-mail address to verify. Fill in email in these rows.\n',
  )
  expect(lastLine()).toBe('Done: 3 items: 1 done (1 deliverable), 2 skipped: There is no e-mail address to verify.')
})

test('who leaves hears that the run goes on and how to come back; the run is not touched', async () => {
  const leaving = new AbortController()
  hub.script = [
    (one) => (
      setTimeout(() => leaving.abort(), 10),
      { status: 'running', items: { ...one.items, done: 1, pending: 2 } }
    ),
  ]
  expect(await start([], leaving.signal)).toBe(2)
  expect(heard.said).toContain('Leaving; the run goes on in the hub')
  expect(heard.said).toContain(`  ./hub run verify-email ${list}`)
  expect(posted().map(({ path }) => path)).toEqual(['/v1/runs'])
})

test('a hub that is away for a moment is waited for', async () => {
  hub.refuse.set('/v1/runs/run_1', refusal(503, 'unavailable', 'Closing.'))
  setTimeout(() => hub.refuse.clear(), 400)
  expect(await start()).toBe(0)
})

test('each look asks for what has changed since the last', async () => {
  hub.script = [(one) => ({ status: 'running', items: { ...one.items, done: 1, failed: 1, pending: 1 } }), allDone]
  await start()
  expect(hub.asked.filter(({ path }) => path === '/v1/runs/run_1').map(({ query }) => query)).toEqual([
    { wait: '5s', seen: '0' },
    { wait: '5s', seen: '2' },
  ])
})

test('--estimate says what it would cost and starts nothing', async () => {
  expect(await start(['--estimate', '--map', 'email=E Mail'])).toBe(0)
  expect(posted().length).toBe(0)
  expect(heard.said).toContain(
    '3 items: 2 can work, 1 cannot:\n  1 × lacks “email” (the first is item 2)\n      Fill in email. --map ' +
      'email="<column>"',
  )
  expect(heard.said).toContain('Price: about $0.008, between $0.004 and $0.008 (made up: test mode).')
  expect(heard.said).toContain(`./hub run verify-email ${list} --map 'email=E Mail' --port`)
  expect(heard.said).not.toMatch(/To start it:\n.*--estimate/)
})

test.each([
  [['--option', 'dept=free'], 'has no option “dept”. Its options are: depth, providers, maxAgeDays, raw.'],
  [['--option', 'depth=deep'], '--option depth takes one of full, free, not “deep”.'],
  [['--option', 'maxAgeDays=soon'], '--option maxAgeDays takes a number, not “soon”.'],
  [['--option', 'raw=yes'], '--option raw takes true or false, not “yes”.'],
])('%j is refused before anything is sent', async (words, message) => {
  expect((await problemOf(start(words))).message).toContain(message)
  expect(posted()).toEqual([])
})

test('an unknown block is refused with those there are', async () => {
  expect((await problemOf(run(['verify', list, ...place()], never))).message).toBe(
    'There is no block “verify”. The blocks are: score-lead, verify-email.',
  )
})

test('what the hub says about the list is said to the user, with what to do', async () => {
  hub.refuse.set(
    '/v1/runs',
    refusal(400, 'invalid_input', 'The file has no column “Mail” (for email).', 'Correct the mapping.'),
  )
  const problem = await problemOf(start(['--map', 'email=Mail']))
  expect(problem.message).toBe(
    'Starting the run failed. The file has no column “Mail” (for email). Correct the mapping.',
  )
  expect(problem.exitCode).toBe(1)
})

test('a mapped field that the block does not read is remarked on', async () => {
  await start(['--map', 'emial=E-Mail'])
  expect(heard.said).toContain('Note: Verify Email itself reads email. What is mapped to emial is carried along.')
})

test('a hub of another data folder is told of', async () => {
  rmSync(join(folder, 'keys.json'))
  expect((await problemOf(start())).message).toContain('keeps its data in another folder')
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ test: 'ainow_test_other', live: 'x' }))
  expect((await problemOf(start())).message).toContain('This key is not one of this hub’s.')
})

test('the file of --out is never overwritten, and its ending says its kind', async () => {
  const out = join(folder, 'mine.jsonl')
  expect(await start(['--out', out])).toBe(0)
  expect(readFileSync(out, 'utf8')).toBe('{"email":"a"}\n')
  expect((await problemOf(start(['--out', out]))).message).toContain('not overwritten')
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
})

test.each(['broken off', 'refused'])('results that are %s leave no file that looks whole', async (how) => {
  const path = '/v1/runs/run_1/results.csv'
  if (how === 'refused') hub.refuse.set(path, refusal(500, 'unavailable', 'Something went wrong.'))
  else hub.breakOff.add(path)
  expect((await problemOf(start())).message).toMatch(
    how === 'refused' ? 'Something went wrong.' : 'They are safe in the hub',
  )
  expect(readdirSync(folder).sort()).toEqual(['compiled', 'eslint.config.mjs', 'keys.json', 'leads.csv', 'logs'])
})

test('the report is a table, or JSON', async () => {
  expect(await report(['--from', '2026-11-01', ...place()], never)).toBe(0)
  expect(hub.asked.at(-1)?.query).toEqual({ by: 'connector', from: '2026-11-01' })
  expect(heard.said).toContain('hunter   verifyEmail  2      2      1     1       1       $0.008           3 s')
  await report(['--json', '--by', 'day', ...place()], never)
  expect(JSON.parse(heard.said.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    mode: 'test',
    by: 'day',
    rows: [{ connector: 'hunter', price: 8000 }],
  })
})

test.each([
  [['--by', 'week'], '--by takes run, connector, day'],
  [['--from', '2026-02-30'], '--from takes a day such as 2026-11-30'],
  [['--from', '2026-11-02', '--to', '2026-11-01'], '--from 2026-11-02 is after --to'],
])('the report refuses %j', async (words, message) => {
  expect((await problemOf(report([...words, ...place()], never))).message).toContain(message)
})
