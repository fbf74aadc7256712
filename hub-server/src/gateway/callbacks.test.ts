import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSealer } from '../access/sealing.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createCallbacks } from './callbacks.ts'

const { signal } = new AbortController()
const clock = { now: () => performance.now(), sleep: (_ms: number) => pause(10) }

describe.each(testDatabases)('an answer that comes later, on $kind', ({ open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let processes: ReturnType<typeof createCallbacks>[]
  beforeEach(async () => {
    database = await open()
    const sealer = createSealer([randomBytes(32)])
    processes = [0, 1].map(() => createCallbacks({ db: database.db, sealer, clock, publicUrl: 'https://hub.example' }))
  })
  afterEach(() => database.remove())

  const [asks, hears] = [() => processes[0] ?? expect.fail('no process'), () => processes[1] ?? expect.fail('no process')]

  it('reaches who waits for it, whichever process it comes to, and each its own', async () => {
    const [one, two] = [asks().open(), asks().open()]
    expect(one.url).toBe(`https://hub.example/v1/callbacks/${one.token}`)
    const both = Promise.all([one.wait(20_000, signal), two.wait(20_000, signal)])
    await hears().take(two.token, { fullName: 'Two' })
    await hears().take(one.token, { fullName: 'One' })
    await hears().take(one.token, { fullName: 'One, told again' })
    expect(await both).toEqual([{ fullName: 'One' }, { fullName: 'Two' }])
  })

  it('is waited for no longer than it may take', async () => {
    await expect(asks().open().wait(50, signal)).rejects.toMatchObject({ kind: 'timeout', advice: expect.stringContaining('PUBLIC_URL') })
  })

  it('is not taken where nobody asked', async () => {
    await expect(hears().take('v1.guess.guess.guess', {})).rejects.toMatchObject({ kind: 'not_found' })
    expect(await database.db.selectFrom('callback').selectAll().execute()).toEqual([])
  })
})
