import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Block } from '../blocks/block.ts'
import { HubError } from '../contracts/errors.ts'
import { isUnavailable, retryWhileUnavailable } from '../db/unavailable.ts'
import type { Tables } from '../db/tables.ts'
import type { Wake } from '../queue/wake.ts'
import { stopped, type Active, type ActiveChunks } from './active-chunks.ts'
import { giveBack, mostLost, type Chunk } from './chunks.ts'
import { waitedItems, type OpenContext } from './context.ts'
import { endChunk } from './end-chunk.ts'
import { readOpen, type Piece } from './pieces.ts'
import type { RunNotifier } from './run-notifier.ts'
import { mostStrikes, setAside, suspect } from './set-aside.ts'
import type { RunRow } from './state.ts'
import { failed, runStep, type Stepped } from './steps.ts'

export interface ChunkParts {
  readonly db: Kysely<Tables>
  readonly blocks: ReadonlyMap<string, Block>
  readonly openContext: OpenContext
  readonly notifier: RunNotifier
  readonly wake: Wake
  readonly log: Logger
  readonly active: ActiveChunks
}

/** What could not be done is not tried again at once. */
const restMs = 1_000

/** Does a chunk's work and stores what came of it. What cannot be stored is given back, here or when its lease ends. */
export const workOnChunk = async (parts: ChunkParts, one: Active): Promise<void> => {
  const { db, log } = parts
  try {
    await work(parts, one)
  } catch (thrown) {
    // The database was away, or something is wrong with the hub: it is taken up again, here or elsewhere.
    if (!one.end.signal.aborted) log.error({ err: thrown, ...nameOf(one.chunk) }, 'a chunk was not finished')
    await pause(restMs)
    // Where that fails too its lease ends.
    await retryWhileUnavailable(() => giveBack(db, one.chunk, !isUnavailable(thrown))).catch((again: unknown) =>
      log.warn({ err: again }, 'a chunk could not be given back'),
    )
  }
}

const work = async (parts: ChunkParts, { chunk, stop, end }: Active): Promise<void> => {
  const { db, blocks, log, wake, notifier, active } = parts
  const run = await db.selectFrom('run').selectAll().where('id', '=', chunk.run).executeTakeFirstOrThrow()
  // It may have been stopped since the chunk was taken.
  if (run.status !== 'running' && run.status !== 'queued') stop.abort(stopped())
  const pieces = stop.signal.aborted ? [] : await readToDo(db, run, chunk)
  if (pieces.length === 0 && !stop.signal.aborted) throw new Error('what is to be done stands nowhere any more')
  const refused = await refusalOf(db, chunk, pieces)
  const worked = refused ?? (await step(parts, run, chunk, pieces, stop.signal, end.signal))
  const isWhole = worked.ended.length + worked.gone.length === pieces.length
  const wasLost = !isWhole && !stop.signal.aborted && !worked.pauses
  const sizeOf = (number: number): number => blocks.get(run.steps[number]?.block ?? '')?.chunk ?? 1
  const after = await endChunk(db, chunk, { ...worked, wasLost }, sizeOf)
  if (!after) log.warn(nameOf(chunk), 'a chunk had been given to another meanwhile: what came of it here is dropped')
  if (after === 'paused') active.stopRun(run.id)
  if (worked.gone.length > 0) wake.send(run.id)
  notifier.changed(run.id)
}

/** Of a chunk that has ended its process one piece, alone. */
const readToDo = async (db: Kysely<Tables>, run: RunRow, chunk: Chunk): Promise<Piece[]> => {
  const open = await readOpen(db, run, chunk)
  return chunk.struck > 0 ? open.slice(0, 1) : open
}

/** Set where the pieces are not begun once more. */
const refusalOf = async (db: Kysely<Tables>, chunk: Chunk, pieces: readonly Piece[]): Promise<Stepped | undefined> => {
  const [first] = pieces
  if (chunk.struck > 0 && first && (await suspect(db, chunk, first.piece)) >= mostStrikes)
    return failAll(pieces, setAside())
  return chunk.lost >= mostLost ? failAll(pieces, neverEnds()) : undefined
}

const step = (
  { blocks, openContext, log }: ChunkParts,
  run: RunRow,
  chunk: Chunk,
  pieces: readonly Piece[],
  stop: AbortSignal,
  end: AbortSignal,
): Promise<Stepped> => {
  const execution = {
    scope: { workspace: run.workspace, mode: run.mode },
    run: run.id,
    signal: end,
    stop,
    patient: run.total > waitedItems,
    spent: new Map<string, number>(),
    ...(run.item_budget !== null && { itemBudget: run.item_budget }),
  }
  const contextOf = (number: number, names: (index: number) => string) => openContext(execution, number, names)
  const here = run.steps[chunk.step]
  if (!here) throw new Error(`run ${run.id} has no step ${chunk.step}`)
  const isLast = chunk.step === run.steps.length - 1
  return runStep({ blocks, contextOf, log }, { step: here, number: chunk.step, isLast }, pieces)
}

const neverEnds = () =>
  new HubError(
    'unavailable',
    `The hub began this item and those beside it ${mostLost} times, and each time it broke down before their end.`,
    { advice: 'The hub’s log says why. Retry the failed items in small runs: then only those that cause it fail.' },
  )

const failAll = (pieces: readonly Piece[], error: HubError): Stepped => ({
  ended: pieces.map((piece) => ({ piece, result: failed(piece.piece, error) })),
  gone: [],
})

const nameOf = ({ run, step, chunk }: Chunk) => ({ run, step, chunk })
