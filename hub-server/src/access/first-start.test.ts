import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createApiKeys } from './api-keys.ts'
import { firstStart } from './first-start.ts'

describe.each(testDatabases)('the first start on $kind', ({ open }) => {
  const database = databaseForAll(open)
  const keysIn = (): Record<string, string> =>
    JSON.parse(readFileSync(join(database.folder, 'keys.json'), 'utf8')) as Record<string, string>

  it('makes a test and a live key, keeps only their hashes, and lets only the owner read the file', async () => {
    await Promise.all([firstStart(database.db, database.folder), firstStart(database.db, database.folder)])
    const first = keysIn()
    await firstStart(database.db, database.folder)
    expect(keysIn()).toEqual(first)
    expect(statSync(join(database.folder, 'keys.json')).mode & 0o777).toBe(0o600)
    const { test = '', live = '' } = first
    const keys = createApiKeys(database.db)
    expect(await keys.callerOf(test, '127.0.0.1')).toMatchObject({ mode: 'test' })
    expect(await keys.callerOf(live, '127.0.0.1')).toMatchObject({ mode: 'live' })
    expect(JSON.stringify(await database.db.selectFrom('api_key').selectAll().execute())).not.toContain(test)
    await expect(keys.callerOf(`${test}x`, '127.0.0.1')).rejects.toThrow(/not one of this hub/)
  })

  it('makes one workspace with one owner, who has no password yet', async () => {
    expect(await database.db.selectFrom('workspace').select('name').execute()).toEqual([{ name: 'My workspace' }])
    expect(
      await database.db
        .selectFrom('membership')
        .innerJoin('login', 'login.id', 'membership.login')
        .select(['role', 'password'])
        .execute(),
    ).toEqual([{ role: 'owner', password: null }])
  })

  it('makes keys once: none come back that somebody revoked, and none for a file that was lost', async () => {
    const before = await database.db.selectFrom('api_key').select('id').execute()
    rmSync(join(database.folder, 'keys.json'))
    await firstStart(database.db, database.folder)
    expect(() => keysIn()).toThrow(/ENOENT/)
    expect(await database.db.selectFrom('api_key').select('id').execute()).toEqual(before)
  })
})
