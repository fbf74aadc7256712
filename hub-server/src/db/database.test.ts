import { spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { HubError } from '../contracts/errors.ts'
import { backup } from './backup.ts'
import { openDatabase } from './database.ts'
import { newId } from './id.ts'
import { json } from './json.ts'
import { holderFile, isLocked, readHolder, startOf } from './lock-holder.ts'
import { lockFolder } from './lock.ts'
import { makePartitions } from './partitions.ts'
import { checkBackup, restore } from './restore.ts'
import { anyDatabase, testDatabases } from './testing/databases.ts'
import { isUnavailable } from './unavailable.ts'

describe.each(testDatabases)('a database on $kind', ({ open }) => {
  it('is brought to this version’s shape when it is opened, and again without harm', async () => {
    const database = await open()
    await database.db.insertInto('workspace').values({ id: 'ws_1', name: 'One' }).execute()
    const rows = await database.db.selectFrom('workspace').select(['id', 'created_at']).execute()
    expect(rows).toEqual([{ id: 'ws_1', created_at: expect.any(Date) }])
    await database.remove()
  })

  it('made by a newer version is refused with what to do', async () => {
    const database = await open()
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', 'now')`.execute(database.db)
    await database.close()
    await expect(openDatabase({ url: database.url, folder: database.folder })).rejects.toThrow(
      /newer version of the hub \(it knows 9999-later\)/,
    )
  })

  it('lets the rest of the process have its turn while one question follows another', async () => {
    const database = await open()
    let turns = 0
    let next = setImmediate(function turn() {
      turns++
      next = setImmediate(turn)
    })
    for (let question = 0; question < 100; question++) await sql`select 1`.execute(database.db)
    clearImmediate(next)
    expect(turns).toBeGreaterThan(50)
    await database.remove()
  })

  it('is the same after backup and restore into an empty one', async () => {
    const [from, into] = [await open(), await open()]
    await from.db.insertInto('workspace').values({ id: 'ws_1', name: 'Ö “quoted”\n\\' }).execute()
    await from.db
      .insertInto('subject')
      .values({
        workspace: 'ws_1',
        mode: 'live',
        id: 'lead_1',
        kind: 'lead',
        fields: json({ a: [1, { b: null }] }),
        words: '',
        merged_into: null,
      })
      .execute()
    await from.db
      .insertInto('observation')
      .values({
        workspace: 'ws_1',
        mode: 'live',
        subject: 'lead_1',
        said: json({ a: ['x', 0.5] }),
        source: 's',
        at: new Date(5),
        price: 7,
        ledger: 'led_1',
        legal_basis: null,
        run: null,
      })
      .execute()
    const run = newId('run')
    await from.db.transaction().execute((trx) => makePartitions(trx, new Date()))
    await from.db
      .insertInto('run_result')
      .values({ run, item: 0, status: 'done', result: json({ outputs: [] }) })
      .execute()
    writeFileSync(join(from.folder, 'keys.json'), '{"test":"t","live":"l"}')
    const file = join(from.folder, 'backup.gz')
    await backup(from.db, { file, data: from.folder, protection: { nobody: true } })
    const checked = await checkBackup(file, {})
    await restore(into.db, checked, into.folder)
    expect(await into.db.selectFrom('subject').selectAll().execute()).toEqual(
      await from.db.selectFrom('subject').selectAll().execute(),
    )
    expect(await into.db.selectFrom('observation').selectAll().execute()).toEqual(
      await from.db.selectFrom('observation').selectAll().execute(),
    )
    expect(await into.db.selectFrom('run_result').selectAll().execute()).toEqual([
      { run, item: 0, status: 'done', result: { outputs: [] } },
    ])
    await expect(restore(into.db, checked, into.folder)).rejects.toThrow(/already holds data/)
    await from.remove()
    await into.remove()
  })
})

describe.each(testDatabases.filter(({ kind }) => kind === 'postgres'))('a database on $kind', ({ open }) => {
  it('that breaks off between two statements of a transaction fails the transaction, and not the process', async () => {
    const database = await open()
    const broken = database.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
      await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(database.db)
      await pause(100)
      await sql`select 1`.execute(trx)
    })
    expect(
      isUnavailable(
        await broken.then(
          () => undefined,
          (thrown: unknown) => thrown,
        ),
      ),
    ).toBe(true)
    expect((await sql`select 1 as one`.execute(database.db)).rows).toEqual([{ one: 1 }])
    await database.remove()
  })
})

/** A process of its own that has the folder and does nothing else. */
const holdElsewhere = async (folder: string) => {
  const program =
    `import(${JSON.stringify(new URL('lock.ts', import.meta.url).href)}).then((m) => { ` +
    `m.lockFolder(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => globalThis.gc(), 50) })`
  const other = spawn(process.execPath, ['--expose-gc', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => other.stdout.once('data', resolve))
  const kill = () =>
    new Promise((resolve) => {
      other.once('exit', resolve)
      other.kill('SIGKILL')
    })
  return { kill }
}

describe('a data folder', () => {
  it('in use by another hub is refused, by whatever name, and free again after that one was killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    const other = await holdElsewhere(folder)
    const link = `${folder}-link`
    symlinkSync(folder, link)
    // Whatever is noted about the holder, or is not: the lock is the kernel's.
    for (const note of [undefined, '{"pid":4000000,"started":"1"}', '{"pid":'])
      for (const name of [folder, link, `${folder}/../${basename(folder)}`]) {
        if (note !== undefined) writeFileSync(holderFile(folder), note)
        await expect(openDatabase({ folder: name })).rejects.toThrow(/in use by another hub/)
        expect(isLocked(name)).toBe(true)
      }
    await other.kill()
    expect(isLocked(folder)).toBe(false)
    lockFolder(folder).release()
  })

  it('keeps its lock while others look whether it is locked', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    const lock = lockFolder(folder)
    expect([isLocked(folder), isLocked(folder)]).toEqual([true, true])
    expect(() => lockFolder(folder)).toThrow(/in use by another hub/)
    lock.release()
    expect(isLocked(folder)).toBe(false)
  })

  it('of a running hub of the version before is refused, which knows no lock but its note', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    writeFileSync(holderFile(folder), JSON.stringify({ pid: process.ppid, started: startOf(process.ppid) }))
    expect(isLocked(folder)).toBe(true)
    expect(() => lockFolder(folder)).toThrow(new RegExp(`in use by another hub \\(process ${process.ppid}\\)`))
  })

  it('that cannot be locked is refused, with the reason', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    mkdirSync(join(folder, 'lock.sqlite'))
    expect(() => lockFolder(folder)).toThrow(/cannot be locked: unable to open database file/)
  })

  it('says beside its lock where its hub answers, to those alone who may read the folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    const lock = lockFolder(folder)
    const me = { pid: process.pid, started: startOf(process.pid), lock: 'lock.sqlite' }
    expect(readHolder(holderFile(folder))).toEqual(me)
    lock.announce({ address: 'http://127.0.0.1:9000', ownerKey: 'secret' })
    expect(readHolder(holderFile(folder))).toEqual({ ...me, address: 'http://127.0.0.1:9000', ownerKey: 'secret' })
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
    lock.release()
    expect(readHolder(holderFile(folder))).toBeNull()
    expect(readdirSync(folder)).toEqual(['lock.sqlite'])
  })

  it('whose database files are not whole is refused in words, and nothing is made over them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    const files = join(folder, 'database')
    mkdirSync(files)
    writeFileSync(join(files, 'left-over'), 'x')
    await expect(openDatabase({ folder })).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be opened; its files seem damaged: PG_VERSION is missing/),
      advice: expect.stringContaining('./hub restore'),
    })
    expect(readdirSync(files)).toEqual(['left-over'])
    expect(isLocked(folder)).toBe(false)
  })

  it.for<[string, (files: string) => void]>([
    ['no write-ahead log', (files) => rmSync(join(files, 'pg_wal'), { recursive: true })],
    [
      'a control file of nothing but zeros',
      (files) => writeFileSync(join(files, 'global/pg_control'), Buffer.alloc(8192)),
    ],
    ['a control file that is cut off', (files) => truncateSync(join(files, 'global/pg_control'), 100)],
    ['no catalogue', (files) => rmSync(join(files, 'base'), { recursive: true })],
    ['a version of another PostgreSQL', (files) => writeFileSync(join(files, 'PG_VERSION'), '9\n')],
  ])('with %s is refused in words, with what to do', async ([, spoil]) => {
    const { folder, close } = await anyDatabase.open()
    await close()
    spoil(join(folder, 'database'))
    const thrown: unknown = await openDatabase({ folder }).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(HubError)
    expect(thrown).toMatchObject({
      message: expect.stringMatching(/^The database in \S+ cannot be opened; its files seem damaged: .*\.$/),
      advice: expect.stringContaining('./hub restore'),
    })
    rmSync(folder, { recursive: true })
  })
})
