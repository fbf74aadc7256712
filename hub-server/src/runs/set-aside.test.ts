import { describe, expect, it } from 'vitest'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { claimChunk, releaseAll } from './chunks.ts'
import { rowsOf } from './runs.ts'
import { strike, suspect } from './set-aside.ts'
import { runsOn } from './testing/runs-on.ts'
import { done, teller } from './testing/teller.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }

describe.each(testDatabases)('what a process held when it ended, on $kind', ({ open }) => {
  const database = databaseForAll(open)

  /** How many pieces each call of the block was given. */
  const calls: number[] = []
  const counted = () => {
    const { block } = teller('block', ({ n }) => done({ n }))
    return {
      ...block,
      run: (...given: Parameters<typeof block.run>) => {
        calls.push(given[0].length)
        return block.run(...given)
      },
    }
  }

  /** A run that nobody works on. */
  const accepted = async (count: number): Promise<string> => {
    const { runs, close } = await runsOn({ db: database.db, blocks: [counted()], concurrency: 0 })
    const id = await runs.start(scope, {
      block: 'block',
      source: { rows: rowsOf(Array.from({ length: count }, (_, n) => ({ n }))) },
    })
    await close()
    return id
  }

  /** A process takes the chunk, begins its first piece, and ends. @param alone whether it began that one alone */
  const dies = async (holder: string, byItself: boolean, alone: boolean): Promise<void> => {
    const chunk = await claimChunk(database.db, holder, [], alone ? 'struck' : 'sound')
    if (!chunk) throw new Error('there was nothing to take')
    if (alone) await suspect(database.db, chunk, chunk.first)
    if (byItself) await strike(database.db, [holder])
    await releaseAll(database.db)
  }

  const goOn = async (id: string) => {
    calls.length = 0
    const { runs, close } = await runsOn({ db: database.db, blocks: [counted()] })
    await runs.get(scope, id, 120_000)
    const results = await runs.results(scope, id, 0, 100)
    await close()
    return results.results.map(({ status, error }) => error?.message ?? status)
  }

  it('is done piece by piece after the process ended by its own fault', async () => {
    const id = await accepted(4)
    await dies('prc_a', true, false)
    expect(await goOn(id)).toEqual(['done', 'done', 'done', 'done'])
    expect(calls).toEqual([1, 1, 1, 1])
  })

  it('loses the one piece over which three processes ended, and no other', async () => {
    const id = await accepted(3)
    await dies('prc_b', true, false)
    await dies('prc_c', true, true)
    await dies('prc_d', true, true)
    expect(await goOn(id)).toEqual([
      'The hub’s process ended 3 times over this item, so it is set aside.',
      'done',
      'done',
    ])
  })

  it('loses nothing however often others end the process', async () => {
    const id = await accepted(3)
    for (let n = 0; n < 30; n++) await dies(`prc_other_${n}`, false, false)
    expect(await goOn(id)).toEqual(['done', 'done', 'done'])
    expect(calls).toEqual([3])
  })

  it('counts though another process has taken it up meanwhile', async () => {
    const id = await accepted(2)
    await claimChunk(database.db, 'prc_first', [])
    await database.db
      .updateTable('run_chunk')
      .set({ leased_until: new Date(0) })
      .where('run', '=', id)
      .execute()
    await claimChunk(database.db, 'prc_second', [])
    await strike(database.db, ['prc_first'])
    await releaseAll(database.db)
    expect(await goOn(id)).toEqual(['done', 'done'])
    expect(calls).toEqual([1, 1])
  })
})
