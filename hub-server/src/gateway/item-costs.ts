import { sql } from 'kysely'
import { createBatcher } from '../db/batcher.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

/** What items of a run have cost, with the highest price of what is being asked for them. */
export interface ItemCosts {
  readonly get: (item: number) => number | undefined
  readonly set: (item: number, price: number) => void
  /** Reads what these items have cost before; they are known until the function that it gives is called. */
  readonly hold?: (items: readonly number[]) => Promise<() => void>
  /** Commits what an item has cost more, so that it counts after a restart, too. */
  readonly keep?: (item: number, price: number) => Promise<void>
}

interface Cost {
  readonly run: string
  readonly item: number
  readonly price: number
}

/** What an item has cost, with the highest price of what is being asked for it just now. */
interface Entry {
  spent: number
  /** Asks under way that are about it. */
  users: number
  readonly read: Promise<void>
}

/**
 * What the items of runs with a bound for each have cost. What was paid stands in the database, so that it counts after
 * a restart and in every step; what is being asked is known to all chunks of this process that work for the same item.
 */
export const createItemCosts = (db: Db) => {
  const entries = new Map<string, Entry>()

  const write = createBatcher<Cost>(async (rows) => {
    await sql`insert into run_item_cost (run, item, price)
      select run, item, sum(price) from json_to_recordset(${json(rows)}::json) as row(run text, item integer, price
      bigint)
      group by run, item order by run, item
      on conflict (run, item) do update set price = run_item_cost.price + excluded.price`.execute(db)
  }, 5)

  return (run: string): Required<ItemCosts> => {
    const keyOf = (item: number): string => `${run}/${item}`

    const read = async (items: readonly number[]): Promise<void> => {
      const { rows } = await sql<{ item: number; price: number }>`select c.item, c.price from run_item_cost c
        join json_array_elements_text(${json(items)}::json) as wanted on c.item = wanted.value::integer where c.run =
        ${run}`.execute(db)
      for (const { item, price } of rows) {
        const entry = entries.get(keyOf(item))
        if (entry) entry.spent += Number(price)
      }
    }

    const leave = (items: ReadonlySet<number>): void => {
      for (const item of items) {
        const entry = entries.get(keyOf(item))
        if (entry && --entry.users === 0) entries.delete(keyOf(item))
      }
    }

    return {
      get: (item) => entries.get(keyOf(item))?.spent,
      set: (item, price) => {
        const entry = entries.get(keyOf(item))
        if (entry) entry.spent = price
      },
      hold: async (given) => {
        const items = new Set(given)
        const fresh = [...items].filter((item) => !entries.has(keyOf(item)))
        const reading = Promise.withResolvers<void>()
        for (const item of fresh) entries.set(keyOf(item), { spent: 0, users: 0, read: reading.promise })
        const held = [...items].flatMap((item) => entries.get(keyOf(item)) ?? [])
        for (const entry of held) entry.users++
        if (fresh.length > 0) void read(fresh).then(reading.resolve, reading.reject)
        try {
          await Promise.all(held.map((entry) => entry.read))
        } catch (thrown) {
          leave(items)
          throw thrown
        }
        return () => leave(items)
      },
      keep: (item, price) => write({ run, item, price }),
    }
  }
}
