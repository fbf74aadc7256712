import type { Kysely } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Scope } from '../contracts/scope.ts'
import type { Tables } from '../db/tables.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createSuppression } from './suppression.ts'

const scopeOf = (workspace: string): Scope => ({ workspace, mode: 'test' })
const email = (value: string) => ({ channel: 'email' as const, value })

describe.each(testDatabases)('what a suppression list asks of $kind', ({ open }) => {
  const database = databaseForAll(open)
  let db: Kysely<Tables>
  beforeAll(() => {
    db = database.db
  })

  it('takes 10,000 people in one call and one query', async () => {
    const { suppression, queries } = counted(db)
    const scope = scopeOf('many')
    const emails = Array.from({ length: 10_000 }, (_, index) => `person.${index}@company-${index % 500}.example`)
    expect(
      await suppression.add(
        scope,
        emails.filter((_, index) => index % 2 === 0).map((value) => email(value)),
      ),
    ).toEqual({ added: 5000, known: 0 })
    const before = queries()
    const found = await suppression.suppressed(
      scope,
      emails.map((email, index) => ({
        email,
        phone: `+1212555${String(index).padStart(4, '0')}`,
        linkedin: `linkedin.com/in/person-${index}`,
      })),
    )
    expect(queries() - before).toBe(1)
    expect(found).toEqual(emails.map((_, index) => index % 2 === 0))
    expect(
      await suppression.check(
        scope,
        emails.map((value) => email(value)),
      ),
    ).toHaveLength(10_000)
    expect(
      await suppression.remove(
        scope,
        emails.map((value) => email(value)),
      ),
    ).toEqual({ removed: 5000 })
  })

  it('asks nothing of an empty list for a second, and no longer', async () => {
    const { suppression, queries } = counted(db)
    const otherProcess = createSuppression(db)
    const scope = scopeOf('empty')
    const ask = () => suppression.suppressed(scope, [{ email: 'a@acme.example' }])
    expect(await ask()).toEqual([false])
    const before = queries()
    for (let count = 0; count < 10; count++) expect(await ask()).toEqual([false])
    expect(queries()).toBe(before)
    await otherProcess.add(scope, [email('a@acme.example')])
    await expect.poll(ask, { timeout: 1500, interval: 50 }).toEqual([true])
    await otherProcess.remove(scope, [email('a@acme.example')])
    expect(await ask()).toEqual([false])
    const afterwards = queries()
    expect(await ask()).toEqual([false])
    expect(queries() - afterwards).toBe(1)
  })

  it('counts at once what this process adds to a list that was empty', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('own')
    const ask = () => suppression.suppressed(scope, [{ email: 'a@acme.example' }])
    expect(await ask()).toEqual([false])
    const [early] = await Promise.all([ask(), suppression.add(scope, [email('a@acme.example')])])
    expect(early).toHaveLength(1)
    expect(await ask()).toEqual([true])
  })
})

/** A suppression whose queries are counted. */
const counted = (db: Kysely<Tables>) => {
  let queries = 0
  const counting = db.withPlugin({
    transformQuery: ({ node }) => {
      queries += 1
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  })
  return { suppression: createSuppression(counting), queries: () => queries }
}
