import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { databaseForAll } from '../../db/testing/database-for.ts'
import { testDatabases } from '../../db/testing/databases.ts'
import { createAudit } from './audit.ts'
import type { AuditEntry } from './entry.ts'

const key = randomBytes(32)

const entry = (number: number): AuditEntry => ({
  workspace: 'ws_1',
  mode: number % 2 === 0 ? 'test' : 'live',
  actor: { kind: 'key', id: `key_${number % 5}`, name: `Actor ${number % 5}` },
  address: '127.0.0.1',
  action: 'POST /v1/leads',
  subject: `lead_${number}`,
  outcome: 'done',
  details: { zeta: number, alpha: ['b', 'a'] },
})

describe.each(testDatabases)('the audit log on $kind', ({ open }) => {
  const database = databaseForAll(open)
  /** As somebody who may do everything to the database, and has not the key. */
  const behindItsBack = async (statement: string): Promise<void> => {
    await sql.raw('alter table audit disable trigger audit_only_grows').execute(database.db)
    await sql.raw(statement).execute(database.db)
    await sql.raw('alter table audit enable trigger audit_only_grows').execute(database.db)
  }

  it('keeps 10,000 entries of five actors in order, and finds the one deleted and the one changed', async () => {
    const audit = createAudit(database.db, [key])
    for (let first = 0; first < 10_000; first += 500)
      await Promise.all(Array.from({ length: 500 }, (_, at) => audit.add(entry(first + at))))
    expect(await audit.check('ws_1')).toEqual({ entries: 10_000, faults: [] })
    await behindItsBack('delete from audit where seq = 4321')
    await behindItsBack(`update audit set actor_name = 'Somebody else' where seq = 8765`)
    expect(await audit.check('ws_1')).toEqual({
      entries: 9_999,
      faults: [
        { seq: 4321, what: 'missing' },
        { seq: 8765, what: 'changed' },
      ],
    })
  })

  it('finds the last ones gone, and ones that were put in', async () => {
    const audit = createAudit(database.db, [key])
    for (let number = 0; number < 5; number++) await audit.add({ ...entry(number), workspace: 'ws_2' })
    await behindItsBack(`delete from audit where workspace = 'ws_2' and seq = 5`)
    expect((await audit.check('ws_2')).faults).toEqual([{ seq: 5, what: 'missing' }])
    const columns = 'at, mode, actor_kind, actor, actor_name, action, subject, address, outcome, details, before, seal'
    await behindItsBack(`insert into audit (workspace, seq, ${columns})
      select workspace, 6, ${columns} from audit where workspace = 'ws_2' and seq = 4`)
    expect((await audit.check('ws_2')).faults).toContainEqual({ seq: 6, what: 'changed' })
  })

  it('lets nobody change or delete an entry by the way that others take', async () => {
    await expect(sql`update audit set outcome = 'done'`.execute(database.db)).rejects.toThrow(/only grows/)
    await expect(sql`delete from audit`.execute(database.db)).rejects.toThrow(/only grows/)
  })

  it('knows entries sealed with a former key, and says where a key is not here', async () => {
    const other = randomBytes(32)
    await createAudit(database.db, [key]).add({ ...entry(1), workspace: 'ws_3' })
    const rotated = createAudit(database.db, [other, key])
    await rotated.add({ ...entry(2), workspace: 'ws_3' })
    expect((await rotated.check('ws_3')).faults).toEqual([])
    expect((await createAudit(database.db, [other]).check('ws_3')).faults).toEqual([
      { seq: 1, what: 'sealed with a key that is not here' },
    ])
  })

  it('tells of what was begun by a process that ended', async () => {
    const audit = createAudit(database.db, [key])
    const { outcome: _outcome, ...started } = { ...entry(7), workspace: 'ws_4' }
    await audit.begin(started)
    const end = await audit.begin(started)
    await end({ ...started, outcome: 'done' })
    await createAudit(database.db, [key]).takeUp(true)
    const kept = await audit.search('ws_4', { limit: 10 })
    expect(kept.map(({ outcome }) => outcome).sort()).toEqual(['done', 'unknown'])
    expect((await audit.check('ws_4')).faults).toEqual([])
  })
})
