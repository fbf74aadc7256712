import { sql, type Kysely } from 'kysely'
import type { ErrorValue } from '../contracts/errors.ts'
import type { RunStatus } from '../contracts/run.ts'
import type { Db } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { isHeld, type Chunk } from './chunks.ts'
import { openNext, putTogether, storePieces, type Ended, type GoneOn } from './pieces.ts'
import { writeResults } from './results.ts'
import { change, finishIfOver, withRun } from './state.ts'

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
 * Stores what became of a chunk, opens the next step for what goes on, and ends or pauses the run where it comes to that:
 * all of it in one transaction.
 * @param sizeOf how many pieces a chunk of a step takes
 * @returns the run's status then; undefined where the claim holds no longer, and nothing is stored
 */
export const endChunk = (db: Kysely<Tables>, chunk: Chunk, { ended, gone, pauses, wasLost }: Worked, sizeOf: (step: number) => number): Promise<RunStatus | undefined> =>
  withRun(db, chunk.run, async (trx, run) => {
    const isOpen = run?.status === 'running' || run?.status === 'queued'
    const settled = await settle(trx, chunk, ended.length + gone.length, wasLost && isOpen)
    if (!run || !settled) return undefined
    if (chunk.step === 0) await writeResults(trx, run.id, ended.map(({ result }) => result))
    else await storePieces(trx, run.id, chunk.step, ended, gone)
    await openNext(trx, run.id, chunk.step + 1, gone, sizeOf(chunk.step + 1))
    if (chunk.step > 0 && ended.length > 0) await putTogether(trx, run.id, [...new Set(ended.map(({ piece }) => piece.item))])
    const paused = pauses && (await change(trx, run, 'pause', { error: pauses }))
    if (paused) return paused.status
    return settled.finished ? (await finishIfOver(trx, run)).status : run.status
  })

/** Gives the claim back, with so many pieces less to do. */
const settle = async (db: Db, chunk: Chunk, pieces: number, wasLost: boolean): Promise<{ finished: boolean } | undefined> => {
  const { rows } = await sql<{ finished: boolean }>`
    update run_chunk set holder = null, leased_until = null, settled = settled + ${pieces}, finished = settled + ${pieces} > last - first,
      lost = lost + ${wasLost ? 1 : 0}
    where ${isHeld(chunk)} returning finished`.execute(db)
  return rows[0]
}
