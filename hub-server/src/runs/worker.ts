import type { Logger } from 'pino'
import type { Block, BlockContext, BlockItem } from '../blocks/block.ts'
import { asHubError, HubError } from '../contracts/errors.ts'
import type { Result } from '../contracts/result.ts'
import type { Scope } from '../contracts/scope.ts'
import { problemsOf } from '../contracts/validate.ts'
import type { Db } from '../db/database.ts'
import type { Job } from '../queue/queue.ts'
import { pendingItems, writeResults } from './items.ts'
import type { Signals } from './signals.ts'

/** What a block is given for one chunk of a run, and what the chunk took from the cache. */
export interface OpenedContext {
  readonly context: BlockContext
  readonly cached: () => number
}

export interface WorkerParts {
  readonly db: Db
  readonly blocks: ReadonlyMap<string, Block>
  readonly openContext: (scope: Scope, run: string, signal: AbortSignal) => OpenedContext
  readonly signals: Signals
  readonly log: Logger
}

/**
 * Works on chunks. A chunk that was begun before by a process that died is done again from its pending items:
 * what was paid for is in the cache by then.
 */
export const createWorker = ({ db, blocks, openContext, signals, log }: WorkerParts) => {
  const active = new Map<string, Set<AbortController>>()
  let closing = false

  const work = async (job: Job, controller: AbortController): Promise<void> => {
    const run = await db.selectFrom('run').selectAll().where('id', '=', job.run).executeTakeFirst()
    const chunk = await db.selectFrom('run_chunk').selectAll().where('run', '=', job.run).where('chunk', '=', job.chunk).executeTakeFirst()
    if (!run || !chunk || chunk.done || run.status === 'cancelled' || run.status === 'paused') return
    const rows = await pendingItems(db, run.id, chunk.first, chunk.last)
    if (rows.length > 0) {
      await db.updateTable('run').set({ status: 'running' }).where('id', '=', run.id).where('status', '=', 'queued').execute()
      if (controller.signal.aborted) return
      const opened = openContext({ workspace: run.workspace, mode: run.mode }, run.id, controller.signal)
      const results = await runBlock(run.block, rows, run.options, opened.context)
      if (controller.signal.aborted) return
      await writeResults(db, run.id, results)
      if (opened.cached() > 0)
        await db.updateTable('run').set((eb) => ({ cached: eb('cached', '+', opened.cached()) })).where('id', '=', run.id).execute()
    }
    await finish(job)
  }

  const runBlock = async (id: string, rows: { item: number; input: unknown }[], options: unknown, context: BlockContext): Promise<Result[]> => {
    const failAll = (error: HubError): Result[] => rows.map(({ item }) => ({ item, status: 'failed', outputs: [], error: error.toValue() }))
    const block = blocks.get(id)
    if (!block) return failAll(new HubError('unsupported', `This hub has no block ${id}.`, { advice: 'GET /v1/blocks lists the blocks.' }))
    const refused: Result[] = []
    const items: BlockItem<Record<string, unknown>>[] = []
    for (const { item, input } of rows) {
      const value = isObject(input) ? input : {}
      const problems = problemsOf(block.contract.item, value)
      if (problems.length === 0) items.push({ index: item, value })
      else refused.push({ item, status: 'failed', outputs: [], error: wrongItem(problems).toValue() })
    }
    try {
      const given = items.length > 0 ? await block.run(items, isObject(options) ? options : {}, context) : []
      const results = new Map([...refused, ...given].map((result) => [result.item, result]))
      const forgotten = new HubError('unavailable', 'The block gave no result for this item.').toValue()
      return rows.map(({ item }) => results.get(item) ?? { item, status: 'failed', outputs: [], error: forgotten })
    } catch (thrown) {
      const error = asHubError(thrown)
      if (!(thrown instanceof HubError)) log.error({ err: thrown, block: id }, 'a block failed')
      return failAll(error)
    }
  }

  /** Marks the chunk done, and with the last one the run. */
  const finish = async ({ run, chunk }: Job): Promise<void> => {
    await db.updateTable('run_chunk').set({ done: true }).where('run', '=', run).where('chunk', '=', chunk).execute()
    await db
      .updateTable('run')
      .set({ status: 'done', finished_at: new Date() })
      .where('id', '=', run)
      .where('status', 'in', ['queued', 'running'])
      .where((eb) => eb.not(eb.exists(eb.selectFrom('run_chunk').select('chunk').where('run', '=', run).where('done', '=', false))))
      .execute()
    signals.changed(run)
  }

  return {
    handle: async (job: Job): Promise<void> => {
      if (closing) return
      const controller = new AbortController()
      const ofRun = active.get(job.run) ?? new Set()
      active.set(job.run, ofRun.add(controller))
      try {
        await work(job, controller)
      } catch (thrown) {
        // The database is away, or the hub is closing: the chunk stays open and is taken up at the next start.
        if (!controller.signal.aborted) log.error({ err: thrown, ...job }, 'a chunk was not finished')
      } finally {
        ofRun.delete(controller)
        if (ofRun.size === 0) active.delete(job.run)
      }
    },
    /** Ends the work on a run in this process. */
    abort: (run: string): void => stop(active.get(run)),
    /** Ends all work and takes up no more: open chunks are for the next process. */
    close: (): void => {
      closing = true
      for (const controllers of active.values()) stop(controllers)
    },
  }
}

const wrongItem = (problems: { path: string; message: string }[]) =>
  new HubError('invalid_input', `The item is not right: ${problems.map(({ path, message }) => (path === '/' ? `it ${message}` : `${path} ${message}`)).join('; ')}.`)

const stop = (controllers: Iterable<AbortController> = []): void => {
  for (const controller of controllers) controller.abort(new HubError('cancelled', 'The run was stopped.'))
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

export type Worker = ReturnType<typeof createWorker>
