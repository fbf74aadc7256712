import { sql, type Selectable } from 'kysely'
import type { Result } from '../contracts/result.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'

/** Items of runs and stored lists, and results: written and read in bulk. Positions are dense, from 0. */

export const insertItems = async (db: Db, owner: { run: string } | { list: string }, from: number, items: readonly unknown[]): Promise<void> => {
  const [table, id] = 'run' in owner ? [sql`run_item (run, item, input)`, owner.run] : [sql`list_item (list, item, input)`, owner.list]
  for (let at = 0; at < items.length; at += 2000)
    await sql`insert into ${table}
      select ${id}, ${from + at} + (ordinality - 1)::integer, value
      from json_array_elements(${json(items.slice(at, at + 2000))}::json) with ordinality`.execute(db)
}

/** The inputs of a run's items from `first` to `last`; of those alone that are open, where asked. */
export const readInputs = async (db: Db, run: Pick<Selectable<Tables['run']>, 'id' | 'list'>, first: number, last: number, onlyOpen = false): Promise<{ item: number; input: unknown }[]> => {
  const source = run.list === null ? sql`run_item i where i.run = ${run.id}` : sql`list_item i where i.list = ${run.list}`
  const open = onlyOpen ? sql`and not exists (select from run_result r where r.run = ${run.id} and r.item = i.item)` : sql``
  const { rows } = await sql<{ item: number; input: unknown }>`select i.item, i.input from ${source} and i.item between ${first} and ${last} ${open} order by i.item`.execute(db)
  return rows
}

/** A stored list's items, from the first. */
export const readListed = async function* (db: Db, list: string, limit: number): AsyncGenerator<{ input: unknown }> {
  yield* await db.selectFrom('list_item').select('input').where('list', '=', list).orderBy('item').limit(limit).execute()
}

type Counts = Record<'done' | 'skipped' | 'failed' | 'uncertain', number>

/**
 * Stores results of a chunk's items; an item has one result, and the first stays. The chunk is finished with its last one.
 * @returns whether it is
 */
export const writeResults = async (db: Db, run: string, chunk: number, results: readonly Result[]): Promise<boolean> => {
  const rows = results.map(({ item, status, ...rest }) => ({ item, status, result: rest }))
  const { rows: written } = await sql<{ finished: boolean }>`
    with given as (
      insert into run_result (run, item, status, result)
      select ${run}, item, status, result from json_to_recordset(${json(rows)}::json) as row(item integer, status text, result jsonb)
      on conflict do nothing returning status),
    counts as (
      select count(*) filter (where status = 'done')::integer as done, count(*) filter (where status = 'skipped')::integer as skipped,
        count(*) filter (where status = 'failed')::integer as failed, count(*) filter (where status = 'uncertain')::integer as uncertain from given)
    update run_chunk c set done = c.done + counts.done, skipped = c.skipped + counts.skipped, failed = c.failed + counts.failed,
      uncertain = c.uncertain + counts.uncertain, holder = null, leased_until = null,
      finished = c.done + c.skipped + c.failed + c.uncertain + counts.done + counts.skipped + counts.failed + counts.uncertain > c.last - c.first
    from counts where c.run = ${run} and c.chunk = ${chunk} returning c.finished`.execute(db)
  return written[0]?.finished ?? false
}

/** Stored results from a position on; items without one are not among them. */
export const readResults = async (db: Db, run: string, from: number, limit: number, status?: 'failed' | 'uncertain'): Promise<Result[]> => {
  const rows = await db
    .selectFrom('run_result')
    .select(['item', 'status', 'result'])
    .where('run', '=', run)
    .where('item', '>=', from)
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'failed'))
    .orderBy('item')
    .limit(limit)
    .execute()
  return rows.map(({ item, status, result }) => ({ item, status, ...toRest(result) }))
}

const toRest = (result: unknown): Omit<Result, 'item' | 'status'> =>
  result && typeof result === 'object' && 'outputs' in result && Array.isArray(result.outputs) ? { ...result, outputs: result.outputs } : { outputs: [] }

/** How many items have a result, by status. */
export const countResults = async (db: Db, run: string): Promise<Counts> => {
  const row = await db
    .selectFrom('run_chunk')
    .select(({ fn }) => [fn.sum<number>('done').as('done'), fn.sum<number>('skipped').as('skipped'), fn.sum<number>('failed').as('failed'), fn.sum<number>('uncertain').as('uncertain')])
    .where('run', '=', run)
    .executeTakeFirstOrThrow()
  return { done: Number(row.done ?? 0), skipped: Number(row.skipped ?? 0), failed: Number(row.failed ?? 0), uncertain: Number(row.uncertain ?? 0) }
}

/** Takes results back, so that their items are open again, and asked anew whatever was kept for this run alone. @returns how many */
export const takeBack = async (db: Db, run: string, which: { status: 'failed' } | { items: readonly number[] }): Promise<number> => {
  const chosen = 'status' in which ? sql`status = ${which.status}` : sql`status = 'uncertain' and item in (select value::integer from json_array_elements_text(${json(which.items)}::json))`
  const { rows } = await sql<{ taken: number }>`
    with gone as (delete from run_result where run = ${run} and ${chosen} returning item, status),
    perChunk as (
      select c.chunk, count(*) filter (where g.status = 'failed')::integer as failed, count(*) filter (where g.status = 'uncertain')::integer as uncertain
      from gone g join run_chunk c on c.run = ${run} and g.item between c.first and c.last group by c.chunk),
    forgotten as (delete from run_answer a using gone g where a.run = ${run} and split_part(split_part(a.item, '/', 3), '.', 1) = g.item::text),
    opened as (
      update run_chunk c set finished = false, lost = 0, failed = c.failed - p.failed, uncertain = c.uncertain - p.uncertain
      from perChunk p where c.run = ${run} and c.chunk = p.chunk)
    select count(*)::integer as taken from gone`.execute(db)
  return rows[0]?.taken ?? 0
}
