import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { runRobot } from '../capabilities/runRobot.ts'
import { searchPeople } from '../capabilities/searchPeople.ts'
import { verifyEmail } from '../capabilities/verifyEmail.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { jobProcesses } from './testing/job-processes.ts'
import { kinds, people, until } from './testing/job-vendor.ts'

/** Micro-USD for one address, by the fixture. */
const price = 2_000

describe.each(testDatabases)('a job at a vendor, on $kind', ({ open }) => {
  const { database, vendor, startProcess, newRun, polled, rows } = jobProcesses(open)

  it(
    'that is not done in time fails its items, and is asked again by its ticket when they are retried: one ' +
      'submit in all',
    async () => {
      const { ask, usage } = await startProcess()
      const run = await newRun()
      const late = await ask(run, verifyEmail, people(0, 5))
      expect(kinds(late)).toEqual(Array(5).fill('timeout'))
      expect(late[0]?.error?.advice).toMatch(/nothing is paid for again/)
      vendor.all('done')
      const answers = await ask(run, verifyEmail, people(0, 5))
      expect(kinds(answers)).toEqual(Array(5).fill('done'))
      expect(vendor.submits()).toBe(1)
      // What it cost stands with the call that submitted it.
      const [submit] = await database.db
        .selectFrom('ledger')
        .select('id')
        .where('run', '=', run)
        .orderBy('id')
        .limit(1)
        .execute()
      expect(answers.map(({ ledger, price: cost }) => [ledger, cost])).toEqual(Array(5).fill([submit?.id, price]))
      expect(await usage(run)).toMatchObject({ price: 5 * price, credits: 10 })
      expect(await rows()).toBe(0)
    },
  )

  it('is taken up after a kill by whoever asks, however the batches fall then', async () => {
    const [first, second] = [await startProcess(), await startProcess()]
    const run = await newRun()
    void first.ask(run, verifyEmail, people(0, 8))
    await until(polled(1))
    await first.kill()
    vendor.all('done')
    // Two of them, too few for a list, are in the job; ten others are not.
    const answers = await second.ask(run, verifyEmail, [...people(6, 8), ...people(20, 30)])
    expect(kinds(answers)).toEqual(Array(12).fill('done'))
    expect(kinds(await second.ask(run, verifyEmail, people(0, 6)))).toEqual(Array(6).fill('done'))
    expect(vendor.jobs.map(({ asked }) => (asked.emails as string[]).length)).toEqual([8, 10])
    expect(vendor.calls.filter((call) => call.startsWith('GET /check'))).toEqual([])
    expect(await second.usage(run)).toMatchObject({ price: 18 * price })
    expect(await rows()).toBe(0)
  })

  it('that was written down but perhaps never submitted is submitted by the next', async () => {
    const [first, second] = [await startProcess(), await startProcess()]
    const run = await newRun()
    vendor.before((call) =>
      call === 'POST /jobs' && vendor.submits() === 1 ? new Promise(() => undefined) : undefined,
    )
    void first.ask(run, verifyEmail, people(0, 4))
    await until(() => vendor.submits() === 1)
    expect(await database.db.selectFrom('vendor_job').select(['state', 'run', 'price', 'credits']).execute()).toEqual([
      { state: 'submitting', run, price: 4 * price, credits: 8 },
    ])
    await first.kill()
    vendor.all('done')
    expect(kinds(await second.ask(run, verifyEmail, people(0, 4)))).toEqual(Array(4).fill('done'))
    expect(vendor.submits()).toBe(2)
    expect(await rows()).toBe(0)
  })

  it('is submitted once, though two processes want it at once', async () => {
    const processes = [await startProcess(), await startProcess()]
    const run = await newRun()
    const asks = processes.map(({ ask }, at) => ask(run, verifyEmail, people(at, 6 + at)))
    await until(() => vendor.submits() >= 1)
    await pause(50)
    vendor.all('done')
    expect((await Promise.all(asks)).map(kinds)).toEqual([Array(6).fill('done'), Array(6).fill('done')])
    const asked = vendor.jobs
      .flatMap((job) => job.asked.emails as string[])
      .concat(vendor.calls.filter((call) => call.startsWith('GET /check')))
    expect(asked.length).toBe(7)
    expect(await rows()).toBe(0)
  })

  it('is followed by one; who was paused meanwhile overwrites nothing and asks for nothing twice', async () => {
    const [first, second] = [await startProcess(), await startProcess()]
    const run = await newRun()
    const slow = first.ask(run, verifyEmail, people(0, 4))
    await until(polled(1))
    const goOn = first.freeze()
    await sql`update vendor_job set leased_until = now() - interval '1 second'`.execute(database.db)
    const other = second.ask(run, verifyEmail, people(0, 4))
    const fence = async () => (await database.db.selectFrom('vendor_job').select('fence').executeTakeFirst())?.fence
    await until(async () => Number(await fence()) === 2)
    goOn()
    await pause(30)
    vendor.all('done')
    expect((await Promise.all([slow, other])).map(kinds)).toEqual([Array(4).fill('done'), Array(4).fill('done')])
    expect(vendor.submits()).toBe(1)
  })

  it('keeps its lease as long as its process lives', async () => {
    const { ask } = await startProcess({ sleepMs: 2_000 })
    void ask(await newRun(), verifyEmail, people(0, 4))
    await until(polled(1))
    await sql`update vendor_job set leased_until = now() + interval '1 second'`.execute(database.db)
    const left = async () =>
      (
        await sql<{
          left: number
        }>`select extract(epoch from leased_until - now())::integer as left from vendor_job`.execute(database.db)
      ).rows[0]?.left ?? 0
    await until(async () => (await left()) > 5)
  })

  it(
    'that the vendor no longer knows is said to be lost and submitted anew, and so is one that failed ' + 'for nothing',
    async () => {
      for (const state of ['lost', 'refused'] as const) {
        const [first, second] = [await startProcess(), await startProcess()]
        const run = await newRun()
        vendor.reset()
        void first.ask(run, verifyEmail, people(0, 4), { maxAgeDays: 0 })
        await until(polled(1))
        await first.kill()
        vendor.these(state)
        const again = second.ask(run, verifyEmail, people(0, 4), { maxAgeDays: 0 })
        await until(() => vendor.submits() === 2)
        vendor.these('done')
        expect(kinds(await again)).toEqual(Array(4).fill('done'))
        expect(vendor.submits()).toBe(2)
      }
    },
  )

  it.each([
    ['that failed ends its items, and is not submitted again by itself', 'failed', 'bad_response', 0],
    ['whose vendor is down goes on', 'down', 'unavailable', 1],
    ['whose vendor says nonsense goes on', 'nonsense', 'bad_response', 1],
  ] as const)('%s', async (_what, state, kind, left) => {
    const { ask } = await startProcess()
    const run = await newRun()
    vendor.all(state)
    expect(kinds(await ask(run, verifyEmail, people(0, 4)))).toEqual(Array(4).fill(kind))
    expect(vendor.submits()).toBe(1)
    expect(await rows()).toBe(left)
    vendor.all('done')
    expect(kinds(await ask(run, verifyEmail, people(0, 4)))).toEqual(Array(4).fill('done'))
    expect(vendor.submits()).toBe(2 - left)
  })

  it('is not waited for when the run is stopped, and is collected when it goes on', async () => {
    const { ask, usage } = await startProcess()
    const run = await newRun()
    const stop = new AbortController()
    const stopped = ask(run, verifyEmail, people(0, 4), {}, stop)
    await until(polled(1))
    stop.abort()
    expect(kinds(await stopped)).toEqual(Array(4).fill('cancelled'))
    vendor.all('done')
    expect(kinds(await ask(run, verifyEmail, people(0, 4)))).toEqual(Array(4).fill('done'))
    expect(vendor.submits()).toBe(1)
    expect(await usage(run)).toMatchObject({ price: 4 * price })
  })

  it(
    'is on the account of the run that submitted it, to the last credit; another that wants the same ' + 'pays nothing',
    async () => {
      const { ask, usage } = await startProcess()
      const [payer, guest] = [await newRun(), await newRun()]
      const inputs = [...people(0, 3), { email: 'nobody@acme.example' }]
      expect(kinds(await ask(payer, verifyEmail, inputs))).toEqual(Array(4).fill('timeout'))
      await database.db.updateTable('budget').set({ open: false }).where('key', '=', payer).execute()
      vendor.all('done')
      const answers = await ask(guest, verifyEmail, inputs, { maxAgeDays: 1 })
      expect(kinds(answers)).toEqual(Array(4).fill('done'))
      expect(await usage(payer)).toMatchObject({ price: 3 * price, credits: 6 })
      expect(await usage(guest)).toMatchObject({ calls: 0, price: 0, credits: 0, cached: 4 })
    },
  )

  it('is joined only by its own run where answers are wanted afresh', async () => {
    const { ask } = await startProcess()
    const [one, two] = [await newRun(), await newRun()]
    expect(kinds(await ask(one, verifyEmail, people(0, 4), { maxAgeDays: 0 }))).toEqual(Array(4).fill('timeout'))
    vendor.all('done')
    expect(kinds(await ask(two, verifyEmail, people(0, 4), { maxAgeDays: 0 }))).toEqual(Array(4).fill('done'))
    expect(vendor.submits()).toBe(2)
    expect(kinds(await ask(one, verifyEmail, people(0, 4), { maxAgeDays: 0 }))).toEqual(Array(4).fill('done'))
    expect(vendor.submits()).toBe(2)
  })

  it('that is older than an answer may be is not joined', async () => {
    const { ask } = await startProcess()
    const run = await newRun()
    await ask(run, verifyEmail, people(0, 4))
    await sql`update vendor_job set created_at = now() - interval '2 days'`.execute(database.db)
    vendor.all('done')
    expect(kinds(await ask(run, verifyEmail, people(0, 4), { maxAgeDays: 1 }))).toEqual(Array(4).fill('done'))
    expect(vendor.submits()).toBe(2)
  })

  it('of a robot is launched once for its item', async () => {
    const [first, second] = [await startProcess(), await startProcess()]
    const run = await newRun()
    void first.ask(run, runRobot, [{ robot: '7' }])
    await until(() => vendor.calls.includes('GET /robots/1'))
    await first.kill()
    vendor.all('done')
    for (let time = 0; time < 2; time++)
      expect(await second.ask(run, runRobot, [{ robot: '7' }])).toMatchObject([
        { status: 'done', outputs: [{ values: { robot: '7' } }] },
      ])
    expect(vendor.submits()).toBe(1)
    // Another run launches it anew.
    await second.ask(await newRun(), runRobot, [{ robot: '7' }])
    expect(vendor.submits()).toBe(2)
  })

  it('for each page is taken up where it was', async () => {
    const [first, second] = [await startProcess(), await startProcess()]
    const run = await newRun()
    const input = { domain: 'acme.example', limit: 4 }
    vendor.before((call) => {
      for (const job of vendor.jobs) if (call === 'GET /searches/1') job.state = 'done'
    })
    void first.ask(run, searchPeople, [input])
    await until(() => vendor.calls.includes('GET /searches/2'))
    await first.kill()
    vendor.all('done')
    const [answer] = await second.ask(run, searchPeople, [input])
    expect(answer?.outputs).toEqual(
      [1, 1, 2, 2].map((page, at) => ({ fullName: `Person ${(at % 2) + 1} of page ${page}` })),
    )
    expect(vendor.submits()).toBe(2)
    expect(await second.usage(run)).toMatchObject({ credits: 2 })
    expect(await rows()).toBe(0)
  })
})
