import { sql, type RawBuilder } from 'kysely'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { RunRow } from './state.ts'

/** Items of runs and stored lists: written and read in bulk. Positions are dense, from 0. */

/** Rows in one statement. */
export const atOnce = 2000
/** Characters of rows in one statement: PGlite takes them all in one turn. */
export const charactersAtOnce = 1_000_000

export const insertItems = async (
  db: Db,
  owner: { run: string } | { list: string },
  from: number,
  items: readonly unknown[],
): Promise<void> => {
  const [table, id] =
    'run' in owner ? [sql`run_item (run, item, input)`, owner.run] : [sql`list_item (list, item, input)`, owner.list]
  for (let at = 0; at < items.length; at += atOnce)
    await sql`insert into ${table}
      select ${id}, ${from + at} + (ordinality - 1)::integer, value
      from json_array_elements(${json(items.slice(at, at + atOnce))}::json) with ordinality`.execute(db)
}

export interface Input {
  readonly item: number
  readonly input: unknown
}

type Source = Pick<RunRow, 'id' | 'list'>

/** The inputs of a run's items from `first` to `last`. */
export const readInputs = (db: Db, run: Source, first: number, last: number): Promise<Input[]> =>
  read(db, run, first, last, sql``)

/** Those of them alone that have neither a result nor gone on to the next step. */
export const readOpenInputs = (db: Db, run: Source, first: number, last: number): Promise<Input[]> =>
  read(
    db,
    run,
    first,
    last,
    sql`and not exists (select from run_result r where r.run = ${run.id} and r.item = i.item)
      and not exists (select from run_piece p where p.run = ${run.id} and p.item = i.item)`,
  )

const read = async (db: Db, run: Source, first: number, last: number, which: RawBuilder<unknown>): Promise<Input[]> => {
  const source =
    run.list === null ? sql`run_item i where i.run = ${run.id}` : sql`list_item i where i.list = ${run.list}`
  const { rows } =
    await sql<Input>`select i.item, i.input from ${source} and i.item between ${first} and ${last} ${which}
      order by i.item`.execute(db)
  return rows
}

/** A stored list's items, from the first. */
export const readListed = async function* (db: Db, list: string, limit: number): AsyncGenerator<{ input: unknown }> {
  yield* await db
    .selectFrom('list_item')
    .select('input')
    .where('list', '=', list)
    .orderBy('item')
    .limit(limit)
    .execute()
}
