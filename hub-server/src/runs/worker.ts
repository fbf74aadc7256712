import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Block } from '../blocks/block.ts'
import { HubError } from '../contracts/errors.ts'
import { isAway, untilBack } from '../db/away.ts'
import { newId } from '../db/id.ts'
import type { Tables } from '../db/tables.ts'
import type { Wake } from '../queue/wake.ts'
import { claimChunk, giveBack, leaseSeconds, mostLost, releaseAll, renewLeases, type Chunk } from './chunks.ts'
import { waitedItems, type OpenContext } from './context.ts'
import { endChunk } from './end-chunk.ts'
import { readOpen, type Piece } from './pieces.ts'
import type { Signals } from './signals.ts'
import { finishWhatIsOver, type RunRow } from './state.ts'
import { failed, runStep, type Stepped } from './steps.ts'

export interface WorkerParts {
  readonly db: Kysely<Tables>
  readonly blocks: ReadonlyMap<string, Block>
  readonly openContext: OpenContext
  readonly signals: Signals
  readonly wake: Wake
  readonly log: Logger
  /** Chunks worked on at once. */
  readonly places: number
  /** No other process works on this database: at the start nobody holds a lease. */
  readonly alone: boolean
}

/** Items of one run under way at once: more would make each slower, and those of others, and the whole no faster. */
const mostOfOneRun = 1_000

/** How long one looks no more for work that nobody has told of. */
const idleMs = 1_000
/** How soon a run that was stopped elsewhere begins no new call. */
const watchMs = 400
/** What is under way when the hub closes may take so long to end. */
const graceMs = 6_000

interface Active {
  readonly chunk: Chunk
  readonly stop: AbortController
  readonly end: AbortController
}

/**
 * Works on chunks. A chunk that was begun before by a process that died is done again from its open items: what was
 * paid for is in the cache by then, and messages that were begun are not sent again.
 */
export const createWorker = ({ db, blocks, openContext, signals, wake, log, places, alone }: WorkerParts) => {
  const holder = newId('prc')
  const active = new Set<Active>()
  const working = new Set<Promise<void>>()
  let looking: Promise<void> | null = null
  let again = false
  let closing = false
  let timers: NodeJS.Timeout[] = []

  /** Looks for work until all places are taken or there is none. */
  const look = (): void => {
    if (closing) return
    if (looking) {
      again = true
      return
    }
    again = false
    looking = fill()
      .catch((thrown: unknown) =>
        log.warn({ err: thrown }, 'no work could be looked for: the database does not answer'),
      )
      .finally(() => {
        looking = null
        if (again) look()
      })
  }

  const fill = async (): Promise<void> => {
    while (!closing && active.size < places) {
      // The last place is for runs that have none yet, so that a long one never holds them all.
      const busy = [...underWay()].flatMap(([run, items]) =>
        items >= mostOfOneRun || active.size === places - 1 ? [run] : [],
      )
      const chunk = await claimChunk(db, holder, busy)
      if (!chunk) return
      const one: Active = { chunk, stop: new AbortController(), end: new AbortController() }
      active.add(one)
      const work = workOn(one).finally(() => {
        active.delete(one)
        working.delete(work)
        look()
      })
      working.add(work)
    }
  }

  /** Items that are being worked on, by their run. */
  const underWay = (): Map<string, number> => {
    const items = new Map<string, number>()
    for (const { chunk } of active) items.set(chunk.run, (items.get(chunk.run) ?? 0) + chunk.last - chunk.first + 1)
    return items
  }

  const workOn = async (one: Active): Promise<void> => {
    try {
      await work(one)
    } catch (thrown) {
      // The database was away, or something is wrong with the hub: it is taken up again, here or elsewhere.
      if (!one.end.signal.aborted) log.error({ err: thrown, ...nameOf(one.chunk) }, 'a chunk was not finished')
      await pause(idleMs)
      // Where that fails too its lease ends.
      await untilBack(() => giveBack(db, one.chunk, !isAway(thrown))).catch((again: unknown) =>
        log.warn({ err: again }, 'a chunk could not be given back'),
      )
    }
  }

  const work = async ({ chunk, stop, end }: Active): Promise<void> => {
    const run = await db.selectFrom('run').selectAll().where('id', '=', chunk.run).executeTakeFirstOrThrow()
    // It may have been stopped since the chunk was taken.
    if (run.status !== 'running' && run.status !== 'queued') stop.abort(stopped())
    const pieces = stop.signal.aborted ? [] : await readOpen(db, run, chunk)
    if (pieces.length === 0 && !stop.signal.aborted) throw new Error('what is to be done stands nowhere any more')
    const worked = chunk.lost < mostLost ? await step(run, chunk, pieces, stop.signal, end.signal) : givenUp(pieces)
    const isWhole = worked.ended.length + worked.gone.length === pieces.length
    const after = await endChunk(
      db,
      chunk,
      { ...worked, wasLost: !isWhole && !stop.signal.aborted && !worked.pauses },
      (number) => blocks.get(run.steps[number]?.block ?? '')?.chunk ?? 1,
    )
    if (!after) log.warn(nameOf(chunk), 'a chunk had been given to another meanwhile: what came of it here is dropped')
    if (after === 'paused') stopRun(run.id)
    if (worked.gone.length > 0) wake.send(run.id)
    signals.changed(run.id)
  }

  const step = (
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
    const parts = {
      blocks,
      contextOf: (number: number, names: (index: number) => string) => openContext(execution, number, names),
      log,
    }
    const here = run.steps[chunk.step]
    if (!here) throw new Error(`run ${run.id} has no step ${chunk.step}`)
    return runStep(parts, { step: here, number: chunk.step, isLast: chunk.step === run.steps.length - 1 }, pieces)
  }

  /** Begins no new call for a run in this process. */
  const stopRun = (run: string): void => {
    for (const { chunk, stop } of active) if (chunk.run === run) stop.abort(stopped())
  }

  const watch = async (): Promise<void> => {
    if (active.size === 0) return
    const runs = [...new Set([...active].map(({ chunk }) => chunk.run))]
    const rows = await db
      .selectFrom('run')
      .select('id')
      .where('id', 'in', runs)
      .where('status', 'in', ['paused', 'cancelled'])
      .execute()
    for (const { id } of rows) stopRun(id)
  }

  /** What this process has lost to another, because it stood still for longer than its lease, begins no new call. */
  const renew = async (): Promise<void> => {
    const all = [...active]
    const held = new Set(
      await renewLeases(
        db,
        all.map(({ chunk }) => chunk),
      ),
    )
    for (const { chunk, stop } of all)
      if (!held.has(chunk)) stop.abort(new HubError('cancelled', 'Another process has taken this up.'))
  }

  /** Something to do again and again; the database may be away meanwhile. */
  const every = (ms: number, what: string, task: () => Promise<void> | void): void => {
    let busy = false
    const turn = async (): Promise<void> => {
      if (busy || closing) return
      busy = true
      try {
        await task()
      } catch (thrown) {
        log.debug({ err: thrown }, `${what} did not work just now`)
      } finally {
        busy = false
      }
    }
    timers.push(setInterval(() => void turn(), ms).unref())
  }

  return {
    /** Takes up work, also what an earlier process left open. */
    start: async (): Promise<void> => {
      if (alone) await releaseAll(db)
      await finishWhatIsOver(db)
      wake.listen(look)
      every(idleMs, 'looking for work', look)
      every(watchMs, 'watching for stopped runs', watch)
      every((leaseSeconds * 1000) / 4, 'renewing leases', renew)
      look()
    },
    stopRun,
    /** Takes up no more, begins no new call, and waits a while for what is under way. */
    close: async (): Promise<void> => {
      closing = true
      for (const timer of timers) clearInterval(timer)
      timers = []
      for (const { stop } of active) stop.abort(stopped())
      await Promise.race([Promise.all([looking, ...working]), pause(graceMs, undefined, { ref: false })])
      for (const { end } of active) end.abort(stopped())
      await Promise.race([Promise.all(working), pause(1_000, undefined, { ref: false })])
    },
  }
}

const neverEnds = () =>
  new HubError(
    'unavailable',
    `The hub began this item and those beside it ${mostLost} times, and each time it broke down before their end.`,
    {
      advice: 'The hub’s log says why. Retry the failed items in small runs: then only those that cause it fail.',
    },
  )

const givenUp = (pieces: readonly Piece[]): Stepped => ({
  ended: pieces.map((piece) => ({ piece, result: failed(piece.piece, neverEnds()) })),
  gone: [],
})

const stopped = () => new HubError('cancelled', 'The run was stopped.')

const nameOf = ({ run, step, chunk }: Chunk) => ({ run, step, chunk })

export type Worker = ReturnType<typeof createWorker>
