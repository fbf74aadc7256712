import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { ensureWorkspace, holderOf } from './keys.ts'

describe.each(testDatabases)('API keys on $kind', ({ open }) => {
  const database = databaseForAll(open)

  it('makes a test and a live key once, keeps only their hashes, and lets only the owner read the file', async () => {
    await ensureWorkspace(database.db, database.folder)
    const file = join(database.folder, 'keys.json')
    const first = readFileSync(file, 'utf8')
    await ensureWorkspace(database.db, database.folder)
    expect(readFileSync(file, 'utf8')).toBe(first)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { test, live }: Record<string, string> = JSON.parse(first)
    expect(await holderOf(database.db, test ?? '')).toMatchObject({ mode: 'test' })
    expect(await holderOf(database.db, live ?? '')).toMatchObject({ mode: 'live' })
    expect(JSON.stringify(await database.db.selectFrom('api_key').selectAll().execute())).not.toContain(test)
    await expect(holderOf(database.db, `${test}x`)).rejects.toThrow(/not one of this hub/)
  })

  it('makes new keys when the file was lost', async () => {
    rmSync(join(database.folder, 'keys.json'))
    await ensureWorkspace(database.db, database.folder)
    const { live }: Record<string, string> = JSON.parse(readFileSync(join(database.folder, 'keys.json'), 'utf8'))
    expect(await holderOf(database.db, live ?? '')).toMatchObject({ mode: 'live' })
  })
})
