import { createHash, type Hash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { ErrorValue } from '../contracts/errors.ts'
import { HubError } from '../contracts/errors.ts'
import type { FileForm } from '../contracts/file-form.ts'
import type { RunStep } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import { insertItems, writeResults } from './items.ts'
import { ensurePartitions } from '../db/partitions.ts'

/** An item as it comes in; one with a problem gets that as its result, and is not worked on. */
export interface Row {
  readonly input: unknown
  readonly problem?: string
}

export interface NewRun {
  /** Id of the block or the pipeline. */
  readonly block: string
  readonly steps: readonly RunStep[]
  readonly chunkSize: number
  /** Micro-USD. */
  readonly budget?: number
  readonly itemBudget?: number
  /** Where it came in: the same key is one run within it. */
  readonly route: string
  readonly idempotencyKey?: string
  /** `form` is known once the rows are read. */
  readonly source: { readonly rows: AsyncIterable<Row> | Iterable<Row>; readonly form?: () => FileForm | undefined } | { readonly list: string; readonly total: number }
}

/** Rows written in one statement. */
const atOnce = 2000

/**
 * Stores a run, or finds the one that this key already made. Its items are written as they come, however many; the run
 * exists once all of them are there, and of a request that breaks off nothing remains.
 * @throws HubError conflict for a key used with another body; what reading the rows throws
 */
export const acceptRun = async (db: Kysely<Tables>, scope: Scope, given: NewRun): Promise<{ id: string; fresh: boolean }> => {
  await ensurePartitions(db, new Date())
  const id = newId('run')
  const hash = createHash('sha256').update(json(given.steps))
  const { source } = given
  if ('list' in source) {
    hash.update(source.list)
    return store(db, scope, given, { id, total: source.total, list: source.list, problems: [] }, hash)
  }
  // A handful is written in the transaction of the run itself.
  let waiting: Row[] = []
  let total = 0
  const problems: { item: number; problem: string }[] = []
  try {
    for await (const row of source.rows) {
      hash.update(json(row.input)).update('\n')
      if (row.problem !== undefined) problems.push({ item: total + waiting.length, problem: row.problem })
      waiting.push(row)
      if (waiting.length < atOnce) continue
      await insertItems(db, { run: id }, total, waiting.map(({ input }) => input))
      total += waiting.length
      waiting = []
    }
    const rest = waiting.map(({ input }) => input)
    const run = await store(db, scope, given, { id, total: total + rest.length, list: null, problems, form: source.form?.(), rest: { from: total, items: rest } }, hash)
    if (!run.fresh && total > 0) await forgetItems(db, id)
    return run
  } catch (thrown) {
    if (total > 0) await forgetItems(db, id)
    throw thrown
  }
}

const forgetItems = async (db: Kysely<Tables>, run: string): Promise<void> => {
  await db.deleteFrom('run_item').where('run', '=', run).execute()
}

interface Stored {
  readonly id: string
  readonly total: number
  readonly list: string | null
  readonly problems: readonly { item: number; problem: string }[]
  readonly form?: FileForm
  /** Items that are still to be written. */
  readonly rest?: { readonly from: number; readonly items: readonly unknown[] }
}

const store = (db: Kysely<Tables>, scope: Scope, given: NewRun, stored: Stored, hash: Hash): Promise<{ id: string; fresh: boolean }> =>
  db.transaction().execute(async (trx) => {
    const { workspace, mode } = scope
    const { id, total, list, problems, form, rest } = stored
    const { route, idempotencyKey: key } = given
    const bodyHash = hash.digest('hex')
    if (key) {
      const claim = await trx
        .insertInto('idempotency')
        .values({ workspace, mode, route, key, body_hash: bodyHash, run: id })
        .onConflict((conflict) => conflict.doNothing())
        .returning('run')
        .executeTakeFirst()
      if (!claim) return { id: await sameRequest(trx, scope, route, key, bodyHash), fresh: false }
    }
    await trx
      .insertInto('run')
      .values({ workspace, mode, id, block: given.block, steps: json(given.steps), list, status: total > 0 ? 'queued' : 'done', total, item_budget: given.itemBudget ?? null, file: form ? json(form) : null, error: null, finished_at: total > 0 ? null : new Date(), expired_at: null })
      .execute()
    await trx.insertInto('budget').values({ workspace, mode, kind: 'run', key: id, most: given.budget ?? null, day: null }).execute()
    if (rest) await insertItems(trx, { run: id }, rest.from, rest.items)
    const chunks = Array.from({ length: Math.ceil(total / given.chunkSize) }, (_, chunk) => ({ run: id, chunk, first: chunk * given.chunkSize, last: Math.min(total, (chunk + 1) * given.chunkSize) - 1, holder: null, leased_until: null }))
    for (let from = 0; from < chunks.length; from += 1000) await trx.insertInto('run_chunk').values(chunks.slice(from, from + 1000)).execute()
    const byChunk = Map.groupBy(problems, ({ item }) => Math.floor(item / given.chunkSize))
    for (const [chunk, wrong] of byChunk)
      await writeResults(trx, id, chunk, wrong.map(({ item, problem }) => ({ item, status: 'failed', outputs: [], error: unreadable(problem) })))
    await addEvents(trx, scope, [{ type: 'run.accepted', subject: id, data: { block: given.block, items: total } }])
    return { id, fresh: true }
  })

const unreadable = (problem: string): ErrorValue => new HubError('invalid_input', problem, { advice: 'Mend this row and send it again.' }).toValue()

const sameRequest = async (trx: Transaction<Tables>, scope: Scope, route: string, key: string, bodyHash: string): Promise<string> => {
  const row = await trx
    .selectFrom('idempotency')
    .select(['body_hash', 'run'])
    .where('workspace', '=', scope.workspace)
    .where('mode', '=', scope.mode)
    .where('route', '=', route)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  if (row.body_hash !== bodyHash) throw new HubError('conflict', 'This Idempotency-Key was used before with another body.', { advice: 'Use a new key for a new request.' })
  return row.run
}
