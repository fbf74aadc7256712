import { sql } from 'kysely'
import type { Result } from '../contracts/result.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

/**
 * Results of runs' items. Whoever writes or takes back any holds the run's lock (`state.ts`): its counts change with
 * them.
 */

/** Stores results; an item has one, and the first stays. @returns whether all of the run's items have one then */
export const writeResults = async (db: Db, run: string, results: readonly Result[]): Promise<boolean> => {
  if (results.length === 0) return false
  const rows = results.map(({ item, status, ...rest }) => ({ item, status, result: rest }))
  const { rows: written } = await sql<{ over: boolean }>`
    with given as (
      insert into run_result (run, item, status, result)
      select ${run}, item, status, result from json_to_recordset(${json(rows)}::json) as row(item integer,
        status text, result jsonb)
      on conflict do nothing returning status),
    counts as (
      select count(*) filter (where status = 'done') as done, count(*) filter (where status = 'skipped') as skipped,
        count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'uncertain') as uncertain
          from given)
    update run set done = run.done + counts.done, skipped = run.skipped + counts.skipped,
      failed = run.failed + counts.failed,
      uncertain = run.uncertain + counts.uncertain
    from counts where run.id = ${run}
    returning run.done + run.skipped + run.failed + run.uncertain >= run.total as over`.execute(db)
  return written[0]?.over ?? false
}

/** Stored results from a position on; items without one are not among them. */
export const readResults = async (
  db: Db,
  run: string,
  from: number,
  limit: number,
  status?: 'failed' | 'uncertain',
): Promise<Result[]> => {
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

/** A result as it is stored beside its item and status. */
export const toRest = (result: unknown): Omit<Result, 'item' | 'status'> =>
  result && typeof result === 'object' && 'outputs' in result && Array.isArray(result.outputs)
    ? { ...result, outputs: result.outputs }
    : { outputs: [] }

/**
 * Takes results back, so that their items are open again, and asked anew whatever was kept for this run alone; of an
 * item that was several on the way, what failed of it.
 * @returns how many items
 */
export const takeBack = async (
  db: Db,
  run: string,
  which: { status: 'failed' } | { uncertain: readonly number[] },
): Promise<number> => {
  const chosen =
    'status' in which
      ? sql`status = ${which.status}`
      : sql`status = 'uncertain' and item in (${numbers(which.uncertain)})`
  const { rows } = await sql<{ taken: number }>`
    with gone as (delete from run_result where run = ${run} and ${chosen} returning item, status),
    forgotten as (delete from run_answer a using gone where a.run = ${run} and split_part(split_part(a.item, '/', 3),
      '.', 1) = gone.item::text),
    opened as (
      update run_piece p set status = null, result = null from gone
      where p.run = ${run} and p.item = gone.item and p.status in ('failed', 'uncertain') returning p.item, p.step,
        p.chunk),
    -- Chunks of the first step are all of one size.
    size as (select last - first + 1 as items from run_chunk where run = ${run} and step = 0 and chunk = 0),
    per_chunk as (
      select 0 as step, gone.item / size.items as chunk, count(*)::integer as n from gone, size
        where not exists (select from opened where opened.item = gone.item) group by 2
      union all select step, chunk, count(*)::integer from opened group by step, chunk),
    begun_anew as (
      update run_chunk c set finished = false, lost = 0, settled = c.settled - p.n
      from per_chunk p where c.run = ${run} and c.step = p.step and c.chunk = p.chunk),
    counted as (
      update run set failed = failed - (select count(*) from gone where gone.status = 'failed'),
        uncertain = uncertain - (select count(*) from gone where gone.status = 'uncertain') where id = ${run})
    select count(*)::integer as taken from gone`.execute(db)
  return rows[0]?.taken ?? 0
}

/** Which of these items have a result that nobody is certain of. */
export const uncertainAmong = async (db: Db, run: string, items: readonly number[]): Promise<number[]> => {
  const { rows } = await sql<{
    item: number
  }>`select item from run_result where run = ${run} and status = 'uncertain' and item in (${numbers(items)})
    order by item`.execute(db)
  return rows.map(({ item }) => item)
}

/** Takes away results of items that will at once be given others. */
export const removeUncertain = async (db: Db, run: string, items: readonly number[]): Promise<void> => {
  await sql`with gone as (delete from run_result where run = ${run} and status = 'uncertain'
    and item in (${numbers(items)}) returning item)
    update run set uncertain = uncertain - (select count(*) from gone) where id = ${run}`.execute(db)
}

export const numbers = (values: readonly number[]) =>
  sql`select value::integer from json_array_elements_text(${json(values)}::json)`
