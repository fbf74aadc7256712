import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSealer } from '../accounts/sealing.ts'
import { newId } from '../db/id.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createCallbacks } from './callbacks.ts'

const { signal } = new AbortController()
const clock = { now: () => performance.now(), sleep: (_ms: number) => pause(10) }
const tomorrow = new Date(Date.now() + 86_400_000)

describe.each(testDatabases)('an answer that comes later, on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let processes: ReturnType<typeof createCallbacks>[]
  beforeEach(async () => {
    database = await open()
    const sealer = createSealer([randomBytes(32)])
    processes = [0, 1].map(() => createCallbacks({ db: database.db, sealer, clock, publicUrl: 'https://hub.example' }))
  })
  afterEach(() => database.remove())

  const [asks, hears] = [
    () => processes[0] ?? expect.fail('no process'),
    () => processes[1] ?? expect.fail('no process'),
  ]
  const newJob = async (): Promise<string> => {
    const id = newId('job')
    const about = {
      workspace: 'ws_1',
      mode: 'live',
      connector: 'fullcontact',
      connection: 'c',
      operation: 'enrichPerson',
      way: 'one',
    } as const
    await database.db
      .insertInto('vendor_job')
      .values({ ...about, id, run: null, ledger: null, credits: 1, price: 0, items: '[]', expires_at: tomorrow })
      .execute()
    return id
  }

  it('reaches who waits for it, whichever process it comes to, and each its own', async () => {
    const [one, two] = await Promise.all(
      [newJob(), newJob()].map(async (job) => asks().open(database.db, await job, tomorrow)),
    )
    if (!one || !two) throw new Error('no addresses')
    expect(one.url).toBe(`https://hub.example/v1/callbacks/${one.token}`)
    const both = Promise.all([one.heard(20_000, signal), two.heard(20_000, signal)])
    await hears().take(two.token, { fullName: 'Two' })
    await hears().take(one.token, { fullName: 'One' })
    await hears().take(one.token, { fullName: 'One, told again' })
    expect(await both).toEqual([{ body: { fullName: 'One' } }, { body: { fullName: 'Two' } }])
  })

  it('is heard by whoever takes its job up, by each of the job’s addresses', async () => {
    const job = await newJob()
    const first = await asks().open(database.db, job, tomorrow)
    const second = await hears().open(database.db, job, tomorrow)
    await hears().take(first.token, { fullName: 'Ann' })
    expect(await second.heard(0, signal)).toEqual({ body: { fullName: 'Ann' } })
  })

  it('is expected until it has come, and never at an address that nobody gave', async () => {
    const { token } = await asks().open(database.db, await newJob(), tomorrow)
    expect(await hears().expects(token)).toBe(true)
    await hears().take(token, {})
    expect(await hears().expects(token)).toBe(false)
    await expect(hears().expects('v1.guess.guess.guess')).rejects.toMatchObject({ kind: 'not_found' })
  })

  it('may be nothing at all', async () => {
    const address = await asks().open(database.db, await newJob(), tomorrow)
    await hears().take(address.token, null)
    expect(await address.heard(0, signal)).toEqual({ body: null })
  })

  it('is waited for no longer than it may take', async () => {
    expect(await (await asks().open(database.db, await newJob(), tomorrow)).heard(50, signal)).toBeUndefined()
  })

  it('is not taken where nobody asked, and is gone with its job', async () => {
    await expect(hears().take('v1.guess.guess.guess', {})).rejects.toMatchObject({ kind: 'not_found' })
    const { token } = await asks().open(database.db, await newJob(), tomorrow)
    await database.db.deleteFrom('vendor_job').execute()
    await hears().take(token, { fullName: 'Too late' })
    expect(await database.db.selectFrom('callback').selectAll().execute()).toEqual([])
  })
})
