import { createHash } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import { Type } from 'typebox'
import type { Block } from '../blocks/block.ts'
import { HubError } from '../contracts/errors.ts'
import type { Result } from '../contracts/result.ts'
import type { Run } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { checked } from '../contracts/validate.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import type { Ledger } from '../gateway/ledger.ts'
import type { Queue } from '../queue/queue.ts'
import { countItems, insertItems, readResults } from './items.ts'
import type { Signals } from './signals.ts'
import type { Worker } from './worker.ts'

export interface RunRequest {
  readonly block: string
  readonly items: readonly unknown[]
  readonly options: unknown
  /** The sender's name for this request: the same one gives the same run. */
  readonly idempotencyKey?: string
}

export interface RunParts {
  readonly db: Kysely<Tables>
  readonly queue: Queue
  readonly worker: Worker
  readonly signals: Signals
  readonly ledger: Ledger
  readonly blocks: ReadonlyMap<string, Block>
  /** Throws invalid_input when a provider named in the options does not exist or cannot do it. */
  readonly checkProviders: (block: Block, options: unknown) => void
}

export type Runs = ReturnType<typeof createRuns>

/** Runs of blocks over items: accepted once they are in Postgres, and then never lost. */
export const createRuns = ({ db, queue, worker, signals, ledger, blocks, checkProviders }: RunParts) => {
  const optionsOf = new Map([...blocks].map(([id, block]) => [id, Type.Object(block.contract.options.properties, { additionalProperties: false })]))

  const find = async (scope: Scope, id: string): Promise<Selectable<Tables['run']>> => {
    const row = await db.selectFrom('run').selectAll().where('workspace', '=', scope.workspace).where('id', '=', id).executeTakeFirst()
    if (!row) throw new HubError('not_found', `There is no run ${id}.`, { advice: 'GET /v1/runs lists the runs.' })
    if (row.mode !== scope.mode)
      throw new HubError('wrong_mode', `This run was made in mode ${row.mode}; your key is for mode ${scope.mode}.`, { advice: `Use the ${row.mode} key.` })
    return row
  }

  const shown = async (row: Selectable<Tables['run']>): Promise<Run> => ({
    id: row.id,
    block: row.block,
    mode: row.mode,
    status: row.status,
    items: { total: row.total, ...(await countItems(db, row.id)) },
    usage: { ...(await ledger.usageOf(row.id)), cached: row.cached },
    createdAt: row.created_at.toISOString(),
    ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
  })

  const enqueueOpen = async (run: string): Promise<void> => {
    const chunks = await db.selectFrom('run_chunk').select('chunk').where('run', '=', run).where('done', '=', false).orderBy('chunk').execute()
    await queue.add(chunks.map(({ chunk }) => ({ run, chunk })))
  }

  /** Stores the run, or finds the one that this key already made. */
  const accept = async (scope: Scope, request: RunRequest, chunkSize: number): Promise<{ id: string; fresh: boolean }> => {
    const { workspace, mode } = scope
    const { items, options, idempotencyKey: key } = request
    const route = `blocks/${request.block}`
    const bodyHash = createHash('sha256').update(json({ items, options })).digest('hex')
    return db.transaction().execute(async (trx) => {
      const id = newId('run')
      if (key) {
        const claim = await trx
          .insertInto('idempotency')
          .values({ workspace, mode, route, key, body_hash: bodyHash, run: id })
          .onConflict((conflict) => conflict.doNothing())
          .returning('run')
          .executeTakeFirst()
        if (!claim) return { id: await sameRequest(trx, scope, route, key, bodyHash), fresh: false }
      }
      await trx.insertInto('run').values({ workspace, mode, id, block: request.block, options: json(options), status: items.length > 0 ? 'queued' : 'done', total: items.length, error: null, finished_at: null }).execute()
      await insertItems(trx, id, items)
      const chunks = Array.from({ length: Math.ceil(items.length / chunkSize) }, (_, chunk) => ({
        run: id,
        chunk,
        first: chunk * chunkSize,
        last: Math.min(items.length, (chunk + 1) * chunkSize) - 1,
        done: false,
        attempts: 0,
      }))
      for (let from = 0; from < chunks.length; from += 1000) await trx.insertInto('run_chunk').values(chunks.slice(from, from + 1000)).execute()
      return { id, fresh: true }
    })
  }

  const wait = async (id: string, ms: number, signal: AbortSignal): Promise<void> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(ms)])
    while (!deadline.aborted) {
      const row = await db.selectFrom('run').select('status').where('id', '=', id).executeTakeFirst()
      if (!row || row.status === 'done' || row.status === 'cancelled' || row.status === 'paused') return
      await signals.next(id, deadline)
    }
  }

  return {
    /**
     * Accepts a run and begins it.
     * @throws HubError not_found for an unknown block, invalid_input for wrong options or items, conflict for a key used with another body
     */
    start: async (scope: Scope, request: RunRequest): Promise<string> => {
      const block = blocks.get(request.block)
      if (!block)
        throw new HubError('not_found', `There is no block “${request.block}”.`, { advice: `The blocks are: ${[...blocks.keys()].sort().join(', ')}.` })
      const options = checked(optionsOf.get(request.block) ?? block.contract.options, structuredClone(request.options ?? {}), 'One of the options')
      checkProviders(block, options)
      const { id, fresh } = await accept(scope, { ...request, options }, block.chunk)
      if (fresh) await enqueueOpen(id)
      return id
    },
    wait,
    get: async (scope: Scope, id: string, waitMs = 0, signal: AbortSignal = AbortSignal.timeout(60_000)): Promise<Run> => {
      const row = await find(scope, id)
      if (waitMs > 0) await wait(row.id, waitMs, signal)
      return shown(waitMs > 0 ? await find(scope, id) : row)
    },
    list: async (scope: Scope, limit: number): Promise<Run[]> => {
      const rows = await db
        .selectFrom('run')
        .selectAll()
        .where('workspace', '=', scope.workspace)
        .where('mode', '=', scope.mode)
        .orderBy('created_at', 'desc')
        .limit(limit)
        .execute()
      const runs: Run[] = []
      for (const row of rows) runs.push(await shown(row))
      return runs
    },
    results: async (scope: Scope, id: string, from: number, limit: number): Promise<{ results: Result[]; next?: string }> => {
      const row = await find(scope, id)
      const results = await readResults(db, id, from, limit)
      const following = from + results.length
      return { results, ...(following < row.total && { next: String(following) }) }
    },
    /** No new work is begun; what is under way in this process is stopped. Items without a result fail as cancelled. Twice is once. */
    cancel: async (scope: Scope, id: string): Promise<Run> => {
      await find(scope, id)
      await db.transaction().execute(async (trx) => {
        const changed = await trx.updateTable('run').set({ status: 'cancelled', finished_at: new Date() }).where('id', '=', id).where('status', 'in', ['queued', 'running', 'paused']).returning('id').execute()
        if (changed.length === 0) return
        const error = new HubError('cancelled', 'The run was cancelled before this item’s turn.').toValue()
        await trx.updateTable('run_item').set({ status: 'failed', result: json({ outputs: [], error }) }).where('run', '=', id).where('status', '=', 'pending').execute()
      })
      worker.abort(id)
      signals.changed(id)
      return shown(await find(scope, id))
    },
    /** Failed items are tried again. */
    retry: async (scope: Scope, id: string): Promise<Run> => {
      await find(scope, id)
      await db.transaction().execute(async (trx) => {
        const again = await trx.updateTable('run_item').set({ status: 'pending', result: null }).where('run', '=', id).where('status', '=', 'failed').returning('item').execute()
        if (again.length === 0) return
        await trx
          .updateTable('run_chunk')
          .set({ done: false })
          .where('run', '=', id)
          .where((eb) => eb.exists(eb.selectFrom('run_item').select('item').where('run', '=', id).where('status', '=', 'pending').whereRef('item', '>=', 'run_chunk.first').whereRef('item', '<=', 'run_chunk.last')))
          .execute()
        await trx.updateTable('run').set({ status: 'queued', finished_at: null }).where('id', '=', id).execute()
      })
      await enqueueOpen(id)
      return shown(await find(scope, id))
    },
    /** At the start: takes up what an earlier process left open. */
    recover: async (): Promise<number> => {
      const open = await db.selectFrom('run').select('id').where('status', 'in', ['queued', 'running']).orderBy('created_at').execute()
      for (const { id } of open) await enqueueOpen(id)
      return open.length
    },
  }
}

const sameRequest = async (trx: Pick<Kysely<Tables>, 'selectFrom'>, scope: Scope, route: string, key: string, bodyHash: string): Promise<string> => {
  const row = await trx
    .selectFrom('idempotency')
    .select(['body_hash', 'run'])
    .where('workspace', '=', scope.workspace)
    .where('mode', '=', scope.mode)
    .where('route', '=', route)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  if (row.body_hash !== bodyHash )
    throw new HubError('conflict', 'This Idempotency-Key was used before with another body.', { advice: 'Use a new key for a new request.' })
  return row.run
}
