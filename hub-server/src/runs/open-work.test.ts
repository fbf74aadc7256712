import { describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { readOpenWork } from './open-work.ts'

describe.each(testDatabases)('open work on $kind', ({ open }) => {
  const database = databaseForAll(open)

  const run = async (id: string, status: string, age: string): Promise<void> => {
    await sql`insert into run (workspace, mode, id, block, steps, status, total, created_at)
      values ('ws_1', 'test', ${id}, 'b', '[]', ${status}, 1, now() - ${age}::interval)`.execute(database.db)
  }
  const chunk = async (id: string, number: number, leasedFor: string | null, finished = false): Promise<void> => {
    await sql`insert into run_chunk (run, step, chunk, first, last, finished, leased_until)
      values (${id}, 0, ${number}, 0, 0, ${finished}, now() + ${leasedFor}::interval)`.execute(database.db)
  }

  it('is none at first', async () => {
    expect(await readOpenWork(database.db)).toEqual({ waiting: 0, leased: 0, oldestSeconds: 0 })
  })

  it('counts what waits and what is leased, and the age of the oldest that waits', async () => {
    await run('run_old', 'done', '1 day')
    await chunk('run_old', 0, null)
    await run('run_leased', 'running', '1 hour')
    await chunk('run_leased', 0, '10 seconds')
    await run('run_waiting', 'running', '10 minutes')
    await chunk('run_waiting', 0, null)
    await chunk('run_waiting', 1, '-1 second')
    await chunk('run_waiting', 2, null, true)
    const work = await readOpenWork(database.db)
    expect(work).toMatchObject({ waiting: 2, leased: 1 })
    expect(Math.round(work.oldestSeconds / 60)).toBe(10)
  })
})
