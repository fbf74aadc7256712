import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase, type Database } from './database.ts'
import { watchDisk } from './disk.ts'
import { isUnavailable } from './unavailable.ts'

const megabyte = 1024 * 1024
/** Longer than a look at the disk is good for. */
const aWhile = () => pause(250)

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('the disk of the data folder', () => {
  it('takes nothing new below what is kept free, and nothing at all below half of that', async () => {
    let free = 300 * megabyte
    const disk = watchDisk({ folder: newFolder(), least: 256 * megabyte, free: () => free })
    const state = async (left: number) => {
      free = left * megabyte
      await aWhile()
      return [disk.low()?.kind, disk.out()?.kind]
    }
    expect(await state(300)).toEqual([undefined, undefined])
    expect(await state(200)).toEqual(['unavailable', undefined])
    expect(await state(100)).toEqual(['unavailable', 'unavailable'])
    expect(disk.low()).toMatchObject({
      message: expect.stringContaining('100 MB left, 256 MB are kept free'),
      advice: expect.stringContaining('LEAST_FREE_SPACE'),
      retryAfter: 30,
    })
    // Whoever works on a run takes it for the database’s being away: nothing is wrong with the items.
    expect(isUnavailable(disk.low())).toBe(true)
    expect(await state(300)).toEqual([undefined, undefined])
  })

  it.skipIf(process.getuid?.() === 0)('that has become read-only takes nothing', async () => {
    const folder = newFolder()
    const disk = watchDisk({ folder, least: 0 })
    chmodSync(folder, 0o500)
    expect(disk.out()?.message).toContain('cannot be written to')
    chmodSync(folder, 0o700)
    await aWhile()
    expect(disk.out()).toBeUndefined()
  })
})

describe('PGlite', () => {
  const isFull = { now: false }

  /** On a disk that is full when the test says so. */
  const open = async (): Promise<Database> => {
    const folder = newFolder()
    if (process.env.TEST_EMBEDDED_TEMPLATE)
      cpSync(process.env.TEST_EMBEDDED_TEMPLATE, join(folder, 'database'), { recursive: true })
    const database = await openDatabase({
      folder,
      leastFree: megabyte,
      freeOn: () => (isFull.now ? 0 : 100 * megabyte),
    })
    onTestFinished(() => database.close())
    return database
  }
  const fill = async (to: boolean) => {
    isFull.now = to
    await aWhile()
  }
  const add = (db: Database['db'], key: string) => db.insertInto('setting').values({ key, value: 'v' }).execute()
  const keys = async (db: Database['db']) =>
    (await db.selectFrom('setting').select('key').execute()).map(({ key }) => key)

  it('reads and does not write while the disk is full, and writes again by itself', async () => {
    const { db } = await open()
    await add(db, 'before')
    await fill(true)
    await expect(add(db, 'meanwhile')).rejects.toMatchObject({ kind: 'unavailable', retryAfter: 30 })
    await expect(sql`select * from setting for update`.execute(db)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await keys(db)).toEqual(['before'])
    await fill(false)
    await add(db, 'after')
    expect(await keys(db)).toEqual(['before', 'after'])
  })

  it('does not write in a transaction that was begun before, either', async () => {
    const { db } = await open()
    const begun = db.transaction().execute(async (trx) => {
      await trx.insertInto('setting').values({ key: 'one', value: 'v' }).execute()
      await fill(true)
      await trx.insertInto('setting').values({ key: 'two', value: 'v' }).execute()
    })
    await expect(begun).rejects.toMatchObject({ kind: 'unavailable' })
    await fill(false)
    expect(await keys(db)).toEqual([])
    await add(db, 'after')
    expect(await keys(db)).toEqual(['after'])
  })
})
