import { setTimeout as pause } from 'node:timers/promises'
import { sql, type Kysely, type Selectable } from 'kysely'
import type { Logger } from 'pino'
import type { Block } from '../blocks/block.ts'
import { HubError, type ErrorValue } from '../contracts/errors.ts'
import type { Result } from '../contracts/result.ts'
import { isAway, untilBack } from '../db/away.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import type { Wake } from '../queue/wake.ts'
import { claimChunk, giveBack, leaseSeconds, mostLost, releaseAll, renewLeases, type Chunk } from './chunks.ts'
import { waitedItems, type OpenContext } from './context.ts'
import { readInputs, writeResults } from './items.ts'
import type { Signals } from './signals.ts'
import { runSteps } from './steps.ts'

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
 * Works on chunks. A chunk that was begun before by a process that died is done again from its open items: what was paid
 * for is in the cache by then, and messages that were begun are not sent again.
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
      .catch((thrown: unknown) => log.warn({ err: thrown }, 'no work could be looked for: the database does not answer'))
      .finally(() => {
        looking = null
        if (again) look()
      })
  }

  const fill = async (): Promise<void> => {
    while (!closing && active.size < places) {
      // The last place is for runs that have none yet, so that a long one never holds them all.
      const busy = [...underWay()].flatMap(([run, items]) => (items >= mostOfOneRun || active.size === places - 1 ? [run] : []))
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
      if (!one.end.signal.aborted) log.error({ err: thrown, run: one.chunk.run, chunk: one.chunk.chunk }, 'a chunk was not finished')
      await pause(idleMs)
      // Where that fails too its lease ends.
      await untilBack(() => giveBack(db, holder, one.chunk, !isAway(thrown))).catch((again: unknown) => log.warn({ err: again }, 'a chunk could not be given back'))
    }
  }

  const work = async ({ chunk, stop, end }: Active): Promise<void> => {
    const run = await db.selectFrom('run').selectAll().where('id', '=', chunk.run).executeTakeFirstOrThrow()
    // It may have been stopped since the chunk was taken.
    if (run.status !== 'running' && run.status !== 'queued') stop.abort(stopped())
    const rows = stop.signal.aborted ? [] : await readInputs(db, run, chunk.first, chunk.last, true)
    const execution = {
      scope: { workspace: run.workspace, mode: run.mode },
      run: run.id,
      signal: end.signal,
      stop: stop.signal,
      patient: run.total > waitedItems,
      spent: new Map<string, number>(),
      ...(run.item_budget !== null && { itemBudget: run.item_budget }),
    }
    const results =
      chunk.lost < mostLost
        ? await runSteps({ blocks, contextOf: (step, nameOf) => openContext(execution, step, nameOf), log }, run.steps, rows)
        : rows.map(({ item }): Result => ({ item, status: 'failed', outputs: [], error: neverEnds().toValue() }))
    // What waits for a person, or was stopped, stays open.
    const waits = results.find(({ error }) => error?.pauses)?.error
    const final = results.filter((result) => !staysOpen(result, stop.signal.aborted))
    if (waits) await pauseRun(run, waits)
    const isFinished = await writeResults(db, run.id, chunk.chunk, final)
    if (isFinished) await finishRun(run.id)
    signals.changed(run.id)
  }

  const pauseRun = async (run: Selectable<Tables['run']>, error: ErrorValue): Promise<void> => {
    const scope = { workspace: run.workspace, mode: run.mode }
    await db.transaction().execute(async (trx) => {
      const changed = await trx.updateTable('run').set({ status: 'paused', error: json(error) }).where('id', '=', run.id).where('status', 'in', ['queued', 'running']).returning('id').execute()
      if (changed.length > 0) await addEvents(trx, scope, [{ type: 'run.paused', subject: run.id, data: { kind: error.kind, reason: error.message } }])
    })
    stopRun(run.id)
  }

  /** With its last chunk a run is done. In a statement of its own, so that of two last chunks one sees the other. */
  const finishRun = async (id?: string): Promise<void> => {
    await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ id: string; workspace: string; mode: 'test' | 'live' }>`
        update run set status = 'done', finished_at = now(), error = null
        where status in ('queued', 'running') ${id === undefined ? sql`and served_at < now() - interval '10 seconds'` : sql`and id = ${id}`}
          and not exists (select from run_chunk c where c.run = run.id and not c.finished)
        returning id, workspace, mode`.execute(trx)
      for (const { id: run, workspace, mode } of rows) await addEvents(trx, { workspace, mode }, [{ type: 'run.finished', subject: run, data: {} }])
    })
  }

  /** Begins no new call for a run in this process. */
  const stopRun = (run: string): void => {
    for (const { chunk, stop } of active) if (chunk.run === run) stop.abort(stopped())
  }

  const watch = async (): Promise<void> => {
    if (active.size === 0) return
    const runs = [...new Set([...active].map(({ chunk }) => chunk.run))]
    const rows = await db.selectFrom('run').select('id').where('id', 'in', runs).where('status', 'in', ['paused', 'cancelled']).execute()
    for (const { id } of rows) stopRun(id)
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
      wake.listen(look)
      every(idleMs, 'looking for work', look)
      every(watchMs, 'watching for stopped runs', watch)
      every((leaseSeconds * 1000) / 4, 'renewing leases', () => renewLeases(db, holder, [...active].map(({ chunk }) => chunk)))
      every(10_000, 'ending runs', () => finishRun())
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
  new HubError('unavailable', `The hub began this item and those beside it ${mostLost} times, and each time it broke down before their end.`, {
    advice: 'The hub’s log says why. Retry the failed items in small runs: then only those that cause it fail.',
  })

const stopped = () => new HubError('cancelled', 'The run was stopped.')

/** A result that is none yet: it waits for a person, or its turn never came. */
const staysOpen = ({ error }: Result, wasStopped: boolean): boolean => error?.pauses === true || (wasStopped && error?.kind === 'cancelled')

export type Worker = ReturnType<typeof createWorker>
