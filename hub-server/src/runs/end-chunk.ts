import { sql, type Kysely, type Transaction } from 'kysely'
import type { ErrorValue } from '../contracts/errors.ts'
import type { RunStatus } from '../contracts/run.ts'
import type { Db } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { isHeld, type Chunk } from './chunks.ts'
import { openNext, putTogether, storePieces, type Ended, type GoneOn } from './pieces.ts'
import { writeResults } from './results.ts'
import { change, type RunRow } from './state.ts'

/** What became of a chunk's pieces; what is in neither of the lists stays open. */
export interface Worked {
  readonly ended: readonly Ended[]
  readonly gone: readonly GoneOn[]
  /** Something of it waits for a person. */
  readonly pauses?: ErrorValue
  /** Something stays open, and nobody knows why: it counts as one lost. */
  readonly wasLost: boolean
}

/**
 * Stores what became of a chunk, opens the next step for what goes on, and ends or pauses the run where it comes to
 * that: all of it in one transaction.
 * @param sizeOf how many pieces a chunk of a step takes
 * @returns the run's status then; undefined where the claim holds no longer, and nothing is stored
 */
export const endChunk = (
  db: Kysely<Tables>,
  chunk: Chunk,
  worked: Worked,
  sizeOf: (step: number) => number,
): Promise<RunStatus | undefined> =>
  db.transaction().execute(async (trx) => {
    const { ended, gone, pauses } = worked
    const run = await settle(trx, chunk, worked)
    if (!run) return undefined
    const [{ id }, next] = [run, chunk.step + 1]
    if (chunk.step > 0) await storePieces(trx, id, chunk.step, ended, gone)
    await openNext(trx, id, next, gone, sizeOf(next))
    const results = ended.map(({ result }) => result)
    const items = [...new Set(ended.map(({ piece }) => piece.item))]
    const isOver = chunk.step === 0 ? await writeResults(trx, id, results) : await putTogether(trx, id, items)
    const changed = await moveOn(trx, run, isOver, pauses)
    return changed?.status ?? run.status
  })

/** A run that waits for a person is paused, though it may be over: it goes on, and ends, when it is resumed. */
const moveOn = async (
  trx: Transaction<Tables>,
  run: Locked,
  isOver: boolean,
  pauses: ErrorValue | undefined,
): Promise<Locked | undefined> => {
  if (pauses) return change(trx, run, 'pause', { error: pauses })
  return isOver ? change(trx, run, 'finish') : undefined
}

type Locked = Pick<RunRow, 'id' | 'status' | 'workspace' | 'mode'>

/**
 * Gives the claim back, with so many pieces less to do, under the run's lock.
 * @returns the run; undefined where the claim holds no longer
 */
const settle = async (db: Db, chunk: Chunk, { ended, gone, wasLost }: Worked): Promise<Locked | undefined> => {
  const pieces = ended.length + gone.length
  const { rows } = await sql<Locked>`
    with mine as materialized (select id, status, workspace, mode from run where id = ${chunk.run} for update),
    settled as (
      update run_chunk set holder = null, leased_until = null, settled = settled + ${pieces},
        finished = settled + ${pieces} > last - first,
        lost = lost + (${wasLost} and mine.status in ('queued', 'running'))::integer
      from mine where ${isHeld(chunk)} returning run_chunk.run)
    select mine.* from mine join settled on settled.run = mine.id`.execute(db)
  return rows[0]
}
