import { sql } from 'kysely'
import type { PassedBy, Result } from '../contracts/result.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Chunk } from './chunks.ts'
import { atOnce, readOpenInputs } from './items.ts'
import { numbers, toRest, writeResults } from './results.ts'
import type { RunRow } from './state.ts'
import { together } from './combine-results.ts'

/** What stands before a block of the line: an item of the run, or an output of the block before. */
export interface Piece {
  /** Its number within the step; before the first block the position of the item. */
  readonly piece: number
  /** Position of the run's item. */
  readonly item: number
  /** Names it for ever within the run: the item, then which output of each block it is. */
  readonly name: string
  readonly input: unknown
  /** Steps that passed it by. */
  readonly passed: readonly PassedBy[]
}

/** A piece that has gone on: its outputs are pieces of the next step. */
export interface GoneOn {
  readonly piece: Piece
  readonly outputs: readonly unknown[]
  readonly passed: readonly PassedBy[]
}

export interface Ended {
  readonly piece: Piece
  readonly result: Result
}

/** What of a chunk is still to be done. */
export const readOpen = async (db: Db, run: RunRow, { step, first, last }: Chunk): Promise<Piece[]> => {
  if (step === 0)
    return (await readOpenInputs(db, run, first, last)).map(({ item, input }) => ({
      piece: item,
      item,
      name: String(item),
      input,
      passed: [],
    }))
  const { rows } = await sql<Omit<Piece, 'passed'> & { passed: PassedBy[] | null }>`
    select piece, item, name, input, passed from run_piece
    where run = ${run.id} and step = ${step} and piece between ${first} and ${last} and status is null
      order by piece`.execute(db)
  return rows.map((row) => ({ ...row, passed: row.passed ?? [] }))
}

/** Stores what became of a later step's pieces. */
export const storePieces = async (
  db: Db,
  run: string,
  step: number,
  ended: readonly Ended[],
  gone: readonly GoneOn[],
): Promise<void> => {
  const rows = [
    ...ended.map(({ piece, result: { item: _item, status, ...result } }) => ({ piece: piece.piece, status, result })),
    ...gone.map(({ piece }) => ({ piece: piece.piece, status: 'done', result: null })),
  ]
  for (let at = 0; at < rows.length; at += atOnce)
    await sql`update run_piece p set status = given.status, result = given.result
      from json_to_recordset(${json(rows.slice(at, at + atOnce))}::json) as given(piece integer, status text,
        result jsonb)
      where p.run = ${run} and p.step = ${step} and p.piece = given.piece`.execute(db)
}

/** Puts the outputs of pieces that go on before the next block, in chunks of its size. */
export const openNext = async (
  db: Db,
  run: string,
  step: number,
  gone: readonly GoneOn[],
  size: number,
): Promise<void> => {
  const pieces = gone.flatMap(({ piece: { item, name }, outputs, passed }) =>
    outputs.map((input, ordinal) => ({
      item,
      name: `${name}.${ordinal}`,
      input,
      passed: passed.length > 0 ? passed : null,
    })),
  )
  if (pieces.length === 0) return
  const before = await db
    .selectFrom('run_chunk')
    .select(['chunk', 'last'])
    .where('run', '=', run)
    .where('step', '=', step)
    .orderBy('chunk', 'desc')
    .limit(1)
    .executeTakeFirst()
  const [firstPiece, firstChunk] = [(before?.last ?? -1) + 1, (before?.chunk ?? -1) + 1]
  const chunks = Array.from({ length: Math.ceil(pieces.length / size) }, (_, at) => ({
    chunk: firstChunk + at,
    first: firstPiece + at * size,
    last: firstPiece + Math.min(pieces.length, (at + 1) * size) - 1,
  }))
  for (let at = 0; at < pieces.length; at += atOnce)
    await sql`insert into run_piece (run, step, piece, chunk, item, name, input, passed)
      select ${run}, ${step}::integer, ${firstPiece + at}::integer + (place - 1)::integer,
        ${firstChunk}::integer + ((${at}::integer + place - 1) / ${size}::integer)::integer, item, name, input, passed
      from rows from (json_to_recordset(${json(pieces.slice(at, at + atOnce))}::json) as (item integer, name text,
        input json, passed json))
        with ordinality as row(item, name, input, passed, place)`.execute(db)
  await sql`insert into run_chunk (run, step, chunk, first, last)
    select ${run}, ${step}::integer, chunk, first, last
      from json_to_recordset(${json(chunks)}::json) as row(chunk integer, first integer, last integer)`.execute(db)
}

/**
 * Gives those of the items their results that have no open piece any more.
 * @returns whether all of the run's items have one then
 */
export const putTogether = async (db: Db, run: string, items: readonly number[]): Promise<boolean> => {
  if (items.length === 0) return false
  const { rows } = await sql<{ item: number; status: Result['status']; result: unknown }>`
    with over as materialized (
      select item from run_piece where run = ${run} and item in (${numbers(items)}) group by item
        having bool_and(status is not null))
    select item, status, result from run_piece where run = ${run} and item in (select item from over)
      and result is not null
    order by item, step, string_to_array(name, '.')::integer[]`.execute(db)
  const byItem = Map.groupBy(rows, ({ item }) => item)
  return writeResults(
    db,
    run,
    [...byItem].map(([item, ended]) =>
      together(
        item,
        ended.map(({ status, result }) => ({ item, status, ...toRest(result) })),
      ),
    ),
  )
}
