import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { databaseForEach } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createProcessRegistry } from './process-registry.ts'

describe.each(testDatabases)('living processes on $kind', ({ open }) => {
  const database = databaseForEach(open)

  const age = (id: string, seconds: number) =>
    sql`update process set seen_at = now() - make_interval(secs => ${seconds}) where id = ${id}`.execute(database.db)
  const there = async () =>
    (await database.db.selectFrom('process').select('id').orderBy('id').execute()).map(({ id }) => id)

  it('are those that work and were seen lately; this one is among them', async () => {
    const one = await createProcessRegistry(database.db, { id: 'one', role: 'both' })
    const two = await createProcessRegistry(database.db, { id: 'two', role: 'worker' })
    const door = await createProcessRegistry(database.db, { id: 'door', role: 'api' })
    expect([one.count(), two.count(), door.count()]).toEqual([1, 2, 2])
    await age('one', 21)
    const three = await createProcessRegistry(database.db, { id: 'three', role: 'both' })
    expect(three.count()).toBe(2)
    await Promise.all([one, two, door, three].map(({ stop }) => stop()))
    expect(await there()).toEqual([])
  })

  it('are at least one, also for those who only answer requests', async () => {
    const door = await createProcessRegistry(database.db, { id: 'door', role: 'api' })
    expect(door.count()).toBe(1)
    await door.stop()
  })

  it('are forgotten a minute after they died', async () => {
    const dead = await createProcessRegistry(database.db, { id: 'dead', role: 'both' })
    await age('dead', 61)
    const living = await createProcessRegistry(database.db, { id: 'living', role: 'both' })
    expect(await there()).toEqual(['living'])
    await Promise.all([dead.stop(), living.stop()])
  })
})
