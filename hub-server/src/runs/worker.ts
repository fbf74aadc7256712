import { setTimeout as pause } from 'node:timers/promises'
import { HubError } from '../contracts/errors.ts'
import { byItself } from '../db/patience.ts'
import { createActive, stopped } from './active-chunks.ts'
import { claimChunk, leaseSeconds, releaseAll, renewLeases, type Busy, type Chunk } from './chunks.ts'
import { strike } from './set-aside.ts'
import { finishWhatIsOver } from './state.ts'
import { createPeriodicTasks } from './periodic-tasks.ts'
import { workOnChunk, type ChunkParts } from './work-on-chunk.ts'

export interface WorkerParts extends Omit<ChunkParts, 'active'> {
  /** This process, as it is named beside what it holds. */
  readonly holder: string
  /** Processes that ended by their own fault, standing still or without memory, since the hub last looked. */
  readonly ended: readonly string[]
  /** Chunks worked on at once. */
  readonly concurrency: number
  /** No other process works on this database: at the start nobody holds a lease. */
  readonly onlyProcess: boolean
  /** Whether what it would do can be stored: if not, nothing is begun that might have to be paid for twice. */
  readonly hasSpace: () => boolean
}

/**
 * Items of a run under way at once before one of its blocks: more would make each slower, and those of others, and the
 * whole no faster. Each block by itself, so that a long way to the first does not hold up the last.
 */
const mostOfOneStep = 1_000

/** How long one looks no more for work that nobody has told of. */
const idleMs = 1_000
/** How soon a run that was stopped elsewhere begins no new call. */
const watchMs = 400
/** What is under way when the hub closes may take so long to end. */
const graceMs = 6_000

/**
 * Works on chunks. A chunk that was begun before by a process that died is done again from its open items: what was
 * paid for is in the cache by then, and messages that were begun are not sent again.
 */
export const createWorker = ({ holder, ended, concurrency, onlyProcess, hasSpace, ...given }: WorkerParts) => {
  const { db, wake, log } = given
  const parts: ChunkParts = { ...given, active: createActive() }
  const { active } = parts
  const tasks = createPeriodicTasks(log)
  const search = createSearch(parts, { holder, concurrency, hasSpace })
  return {
    /** Takes up work, also what an earlier process left open. */
    start: async (): Promise<void> => {
      await strike(db, ended)
      if (onlyProcess) await releaseAll(db)
      await finishWhatIsOver(db)
      wake.listen(search.look)
      tasks.every(idleMs, 'looking for work', search.look)
      tasks.every(watchMs, 'watching for stopped runs', () => stopWhatIsStopped(parts))
      tasks.every((leaseSeconds * 1000) / 4, 'renewing leases', () => renew(parts))
      search.look()
    },
    stopRun: active.stopRun,
    /** Takes up no more, begins no new call, and waits a while for what is under way. */
    close: async (): Promise<void> => {
      tasks.end()
      const ended = search.end()
      for (const { stop } of active.all()) stop.abort(stopped())
      await Promise.race([ended, pause(graceMs, undefined, { ref: false })])
      for (const { end } of active.all()) end.abort(stopped())
      await Promise.race([ended, pause(1_000, undefined, { ref: false })])
    },
  }
}

/** Looks for work until as many are worked on as may be or there is none; one look at a time. */
const createSearch = (
  parts: ChunkParts,
  { holder, concurrency, hasSpace }: Pick<WorkerParts, 'holder' | 'concurrency' | 'hasSpace'>,
) => {
  const { db, log, active } = parts
  const working = new Set<Promise<void>>()
  let looking: Promise<void> | null = null
  let again = false
  let ended = false

  const look = (): void => {
    if (ended) return
    if (looking) {
      again = true
      return
    }
    again = false
    looking = byItself(fill)
      .catch((thrown: unknown) =>
        log.warn({ err: thrown }, 'no work could be looked for: the database does not answer'),
      )
      .finally(() => {
        looking = null
        if (again) look()
      })
  }

  /** What may end its process is worked on while nothing else is: it shall take nothing along. */
  const claim = async (): Promise<Chunk | null> =>
    (active.count() === 0 && (await claimChunk(db, holder, [], 'struck'))) ||
    claimChunk(db, holder, busyNow(parts, concurrency))

  const fill = async (): Promise<void> => {
    while (!ended && active.count() < concurrency && !active.isAlone() && hasSpace()) {
      const chunk = await claim()
      if (!chunk) return
      const one = active.add(chunk)
      const work = workOnChunk(parts, one).finally(() => {
        active.remove(one)
        working.delete(work)
        look()
      })
      working.add(work)
    }
  }

  return {
    look,
    /** Takes nothing more. @returns when what was begun has ended */
    end: async (): Promise<void> => {
      ended = true
      await looking
      await Promise.all(working)
    },
  }
}

/** The last slot is for runs that have none yet, so that a long one never holds them all. */
const busyNow = ({ active }: ChunkParts, concurrency: number): Busy[] => {
  const here = active.itemsByStep()
  if (active.count() === concurrency - 1) return here.map(({ run }) => ({ run, step: null }))
  return here.filter(({ items }) => items >= mostOfOneStep).map(({ run, step }) => ({ run, step }))
}

const stopWhatIsStopped = async ({ db, active }: ChunkParts): Promise<void> => {
  const runs = [...new Set(active.all().map(({ chunk }) => chunk.run))]
  if (runs.length === 0) return
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where('id', 'in', runs)
    .where('status', 'in', ['paused', 'cancelled'])
    .execute()
  for (const { id } of rows) active.stopRun(id)
}

/** What this process has lost to another, because it stood still for longer than its lease, begins no new call. */
const renew = async ({ db, active }: ChunkParts): Promise<void> => {
  const all = active.all()
  const chunks = all.map(({ chunk }) => chunk)
  const held = new Set(await renewLeases(db, chunks))
  for (const { chunk, stop } of all)
    if (!held.has(chunk)) stop.abort(new HubError('cancelled', 'Another process has taken this up.'))
}

export type Worker = ReturnType<typeof createWorker>
