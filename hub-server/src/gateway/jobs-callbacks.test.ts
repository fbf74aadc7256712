import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { enrichPerson } from '../capabilities/enrichPerson.ts'
import { verifyEmail } from '../capabilities/verifyEmail.ts'
import { fixture } from '../connectors/testing/play.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { jobProcesses } from './testing/job-processes.ts'
import { kinds, people, until } from './testing/job-vendor.ts'

describe.each(testDatabases)('a job at a vendor that calls us, on $kind', ({ open }) => {
  const { database, vendor, startProcess, newRun, polled, rows } = jobProcesses(open)

  const hookOf = (nth: number): string =>
    String(vendor.jobs[nth]?.asked.hook).replace('https://hub.example/v1/callbacks/', '')

  it('finds its run though the process that asked was killed, and the call came meanwhile', async () => {
    const [first, second, third] = [
      await startProcess({ callable: true }),
      await startProcess({ callable: true }),
      await startProcess({ callable: true }),
    ]
    const run = await newRun()
    void first.ask(run, enrichPerson, [{ email: 'ann@acme.example' }])
    await until(
      async () => (await database.db.selectFrom('vendor_job').select('state').executeTakeFirst())?.state === 'open',
    )
    await first.kill()
    await second.callbacks.take(hookOf(0), { name: 'Ann Lee' })
    await second.callbacks.take(hookOf(0), { name: 'Ann, told again' })
    expect(await third.ask(run, enrichPerson, [{ email: 'ann@acme.example' }])).toMatchObject([
      { status: 'done', outputs: [{ fullName: 'Ann Lee' }] },
    ])
    expect(vendor.submits()).toBe(1)
    expect(await third.usage(run)).toMatchObject({ credits: 1 })
    expect([await rows(), await database.db.selectFrom('callback').selectAll().execute()]).toEqual([0, []])
  })

  it('finds its run though the process was killed before it knew that the answer comes later', async () => {
    const [first, second] = [await startProcess({ callable: true }), await startProcess({ callable: true })]
    const run = await newRun()
    vendor.before(() => (vendor.submits() === 1 ? new Promise(() => undefined) : undefined))
    void first.ask(run, enrichPerson, [{ email: 'ann@acme.example' }])
    await until(() => vendor.submits() === 1)
    await first.kill()
    const answer = second.ask(run, enrichPerson, [{ email: 'ann@acme.example' }])
    await until(() => vendor.submits() === 2)
    await second.callbacks.take(hookOf(0), { name: 'Ann Lee' })
    expect(await answer).toMatchObject([{ status: 'done', outputs: [{ fullName: 'Ann Lee' }] }])
  })

  it('is waited for no longer than it may take, and what comes later than that is not lost', async () => {
    const { ask, callbacks } = await startProcess({ callable: true, sleepMs: 0 })
    const connector = await fixture('jobs')
    expect(connector.operations.get('enrichPerson')?.one?.callback?.upToMs).toBe(30_000)
    const run = await newRun()
    const stop = new AbortController()
    const stopped = ask(run, enrichPerson, [{ email: 'ann@acme.example' }], {}, stop)
    await until(
      async () => (await database.db.selectFrom('vendor_job').select('state').executeTakeFirst())?.state === 'open',
    )
    stop.abort()
    expect(kinds(await stopped)).toEqual(['cancelled'])
    await callbacks.take(hookOf(0), { name: 'Ann Lee' })
    await sql`update callback set expires_at = expires_at - interval '2 hours'`.execute(database.db)
    expect(await ask(run, enrichPerson, [{ email: 'ann@acme.example' }])).toMatchObject([
      { status: 'done', outputs: [{ fullName: 'Ann Lee' }] },
    ])
    expect(vendor.submits()).toBe(1)
  })

  it('wakes who polls it', async () => {
    const connectors = await startProcess({ callable: true, sleepMs: 5 })
    const run = await newRun()
    vendor.before(() => undefined)
    const answers = connectors.ask(run, verifyEmail, people(0, 4))
    await until(() => vendor.submits() === 1)
    // The address stands in the database, as a hash, before the vendor has it.
    expect(await database.db.selectFrom('callback').select(['body']).execute()).toEqual([{ body: null }])
    expect(polled(1)()).toBe(false)
    vendor.all('done')
    await connectors.callbacks.take(hookOf(0), {})
    expect(kinds(await answers)).toEqual(Array(4).fill('done'))
    expect(vendor.calls.filter((call) => call === 'GET /jobs/1').length).toBe(1)
  })
})
