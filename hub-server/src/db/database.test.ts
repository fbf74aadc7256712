import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { isUnavailable } from './unavailable.ts'
import { backup, restore } from './backup.ts'
import { openDatabase } from './database.ts'
import { newId } from './id.ts'
import { json } from './json.ts'
import { lockFile, readHolder, startOf } from './lock-holder.ts'
import { lockFolder } from './lock.ts'
import { makePartitions } from './partitions.ts'
import { testDatabases } from './testing/databases.ts'

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
    await backup(from.db, { file, data: from.folder })
    await restore(into.db, { file, data: into.folder })
    expect(await into.db.selectFrom('subject').selectAll().execute()).toEqual(
      await from.db.selectFrom('subject').selectAll().execute(),
    )
    expect(await into.db.selectFrom('observation').selectAll().execute()).toEqual(
      await from.db.selectFrom('observation').selectAll().execute(),
    )
    expect(await into.db.selectFrom('run_result').selectAll().execute()).toEqual([
      { run, item: 0, status: 'done', result: { outputs: [] } },
    ])
    await expect(restore(into.db, { file, data: into.folder })).rejects.toThrow(/already holds data/)
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

describe('a data folder', () => {
  it('in use by another hub is refused, and free again after that one was killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    const other = spawn(
      process.execPath,
      [
        '-e',
        `import(${JSON.stringify(new URL('lock.ts', import.meta.url).href)}).then((m) => { ` +
          `m.lockFolder(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => {}, 1000) })`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await new Promise((resolve) => other.stdout.once('data', resolve))
    await expect(openDatabase({ folder })).rejects.toThrow(/in use by another hub \(process \d+\)/)
    await new Promise((resolve) => {
      other.once('exit', resolve)
      other.kill('SIGKILL')
    })
    lockFolder(folder).release()
  })

  it('says in its lock where its hub answers, to those alone who may read the folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
    const lock = lockFolder(folder)
    expect(readHolder(lockFile(folder))).toEqual({ pid: process.pid, started: startOf(process.pid) })
    lock.announce({ address: 'http://127.0.0.1:9000', ownerKey: 'secret' })
    expect(readHolder(lockFile(folder))).toMatchObject({
      pid: process.pid,
      address: 'http://127.0.0.1:9000',
      ownerKey: 'secret',
    })
    expect(statSync(lockFile(folder)).mode & 0o777).toBe(0o600)
    lock.release()
    expect(readHolder(lockFile(folder))).toBeNull()
    expect(readdirSync(folder)).toEqual([])
  })
})
