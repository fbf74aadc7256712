import { describe, expect, it } from 'vitest'
import { newId } from '../db/id.ts'
import { databaseForEach } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createItemCosts } from './item-costs.ts'

describe.each(testDatabases)('what an item has cost, on $kind', ({ open }) => {
  const database = databaseForEach(open)

  it('counts after a restart, for its own run and item alone', async () => {
    const run = newId('run')
    const before = createItemCosts(database.db)(run)
    await Promise.all([before.keep(3, 5), before.keep(3, 7), before.keep(4, 1)])
    await before.keep(3, 10_000_000_000)
    const after = createItemCosts(database.db)
    await after(run).hold([3, 4, 5])
    expect([3, 4, 5].map((item) => after(run).get(item))).toEqual([10_000_000_012, 1, 0])
    const other = after(newId('run'))
    await other.hold([3])
    expect(other.get(3)).toBe(0)
  })

  it('is one for all chunks that ask for it at once, and is forgotten by the process when they are done', async () => {
    const run = newId('run')
    const costs = createItemCosts(database.db)
    const [one, two] = [costs(run), costs(run)]
    await one.keep(0, 5)
    const releases = await Promise.all([one.hold([0, 0]), two.hold([0])])
    one.set(0, (one.get(0) ?? 0) + 3)
    expect(two.get(0)).toBe(8)
    releases[0]?.()
    expect(two.get(0)).toBe(8)
    releases[1]?.()
    expect(two.get(0)).toBeUndefined()
    await two.hold([0])
    expect(two.get(0)).toBe(5)
  })
})
