import { sql, type Transaction } from 'kysely'
import type { Result, Status } from '../contracts/result.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'

/** Items of a run, written and read in bulk. */

export const insertItems = async (trx: Transaction<Tables>, run: string, items: readonly unknown[]): Promise<void> => {
  for (let from = 0; from < items.length; from += 2000)
    await sql`insert into run_item (run, item, input)
      select ${run}, ${from} + (ordinality - 1)::integer, value
      from json_array_elements(${json(items.slice(from, from + 2000))}::json) with ordinality`.execute(trx)
}

/** Those of a chunk that still have no final result. */
export const pendingItems = async (db: Db, run: string, first: number, last: number): Promise<{ item: number; input: unknown }[]> =>
  db
    .selectFrom('run_item')
    .select(['item', 'input'])
    .where('run', '=', run)
    .where('item', '>=', first)
    .where('item', '<=', last)
    .where('status', '=', 'pending')
    .orderBy('item')
    .execute()

export const writeResults = async (db: Db, run: string, results: readonly Result[]): Promise<void> => {
  if (results.length === 0) return
  const rows = results.map(({ item, status, ...rest }) => ({ run, item, status, result: rest }))
  // `run` comes with each row, so that both columns of the primary key are looked up: without statistics (PGlite never
  // analyses by itself) a constant would make Postgres read all items of the run for each row.
  await sql`update run_item set status = row.status, result = row.result
    from json_to_recordset(${json(rows)}::json) as row(run text, item integer, status text, result jsonb)
    where run_item.run = row.run and run_item.item = row.item and run_item.status = 'pending'`.execute(db)
}

export const readResults = async (db: Db, run: string, from: number, limit: number): Promise<Result[]> => {
  const rows = await db
    .selectFrom('run_item')
    .select(['item', 'status', 'result'])
    .where('run', '=', run)
    .where('item', '>=', from)
    .orderBy('item')
    .limit(limit)
    .execute()
  return rows.map(({ item, status, result }) => ({ item, status, ...toRest(result) }))
}

const toRest = (result: unknown): Omit<Result, 'item' | 'status'> =>
  result && typeof result === 'object' && 'outputs' in result && Array.isArray(result.outputs) ? { ...result, outputs: result.outputs } : { outputs: [] }

export const countItems = async (db: Db, run: string): Promise<Record<Status, number>> => {
  const rows = await db
    .selectFrom('run_item')
    .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
    .where('run', '=', run)
    .groupBy('status')
    .execute()
  const counts = { done: 0, pending: 0, skipped: 0, failed: 0, uncertain: 0 }
  for (const row of rows) counts[row.status] = Number(row.count)
  return counts
}
