import { createHash, type Hash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { FileForm } from '../contracts/file-form.ts'
import type { Result } from '../contracts/result.ts'
import type { RunStep } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import { ensurePartitions } from '../db/partitions.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import { atOnce, charactersAtOnce, insertItems } from './items.ts'
import { writeResults } from './results.ts'
import { finishIfOver } from './state.ts'
import { failed } from './steps.ts'

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
  /** Where it came in: the same key is one run within it, whatever else is asked. */
  readonly route: string
  /** What that place was called by earlier versions. */
  readonly earlierRoute?: string
  readonly idempotencyKey?: string
  /** `form` is known once the rows are read. */
  readonly source:
    | { readonly rows: AsyncIterable<Row> | Iterable<Row>; readonly form?: () => FileForm | undefined }
    | { readonly list: string; readonly total: number }
}

/**
 * Stores a run, or finds the one that this key already made. Its items are written as they come, however many; the run
 * exists once all of them are there, and of a request that breaks off nothing remains.
 * @throws HubError conflict for a key used with another body; what reading the rows throws
 */
export const acceptRun = async (db: Kysely<Tables>, scope: Scope, given: NewRun): Promise<Accepted> => {
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
  let characters = 0
  const problems: Problem[] = []
  try {
    for await (const row of source.rows) {
      const text = json(row.input)
      hash.update(text).update('\n')
      characters += text.length
      if (row.problem !== undefined) problems.push({ item: total + waiting.length, problem: row.problem })
      waiting.push(row)
      if (waiting.length < atOnce && characters < charactersAtOnce) continue
      await insertItems(
        db,
        { run: id },
        total,
        waiting.map(({ input }) => input),
      )
      total += waiting.length
      waiting = []
      characters = 0
    }
    const rest = waiting.map(({ input }) => input)
    const run = await store(
      db,
      scope,
      given,
      {
        id,
        total: total + rest.length,
        list: null,
        problems,
        form: source.form?.(),
        rest: { from: total, items: rest },
      },
      hash,
    )
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

interface Problem {
  readonly item: number
  readonly problem: string
}

interface Stored {
  readonly id: string
  readonly total: number
  readonly list: string | null
  readonly problems: readonly Problem[]
  readonly form?: FileForm
  /** Items that are still to be written. */
  readonly rest?: { readonly from: number; readonly items: readonly unknown[] }
}

interface Accepted {
  readonly id: string
  readonly fresh: boolean
}

const store = (db: Kysely<Tables>, scope: Scope, given: NewRun, stored: Stored, rowsHash: Hash): Promise<Accepted> =>
  db.transaction().execute(async (trx) => {
    const { id, total, list, problems, form, rest } = stored
    const known = await findSame(trx, scope, given, id, rowsHash)
    if (known) return { id: known, fresh: false }
    await trx
      .insertInto('run')
      .values({
        ...scopeOf(scope),
        id,
        block: given.block,
        steps: json(given.steps),
        list,
        status: 'queued',
        total,
        item_budget: given.itemBudget ?? null,
        file: form ? json(form) : null,
        error: null,
        finished_at: null,
        expired_at: null,
      })
      .execute()
    await trx
      .insertInto('budget')
      .values({ ...scopeOf(scope), kind: 'run', key: id, most: given.budget ?? null, day: null })
      .execute()
    if (rest) await insertItems(trx, { run: id }, rest.from, rest.items)
    const chunks = chunksOf(total, given.chunkSize, problems)
    for (let from = 0; from < chunks.length; from += 1000)
      await trx
        .insertInto('run_chunk')
        .values(chunks.slice(from, from + 1000).map((chunk) => ({ run: id, ...chunk })))
        .execute()
    for (let from = 0; from < problems.length; from += atOnce)
      await writeResults(trx, id, problems.slice(from, from + atOnce).map(unreadable))
    await addEvents(trx, scope, [{ type: 'run.accepted', subject: id, data: { block: given.block, items: total } }])
    await finishIfOver(trx, id)
    return { id, fresh: true }
  })

const scopeOf = ({ workspace, mode }: Scope): Scope => ({ workspace, mode })

/** The chunks of the first step, all of one size but the last. Items with a problem have their result already. */
const chunksOf = (total: number, size: number, problems: readonly Problem[]) => {
  const wrong = Map.groupBy(problems, ({ item }) => Math.floor(item / size))
  return Array.from({ length: Math.ceil(total / size) }, (_, chunk) => {
    const [first, last] = [chunk * size, Math.min(total, (chunk + 1) * size) - 1]
    const settled = wrong.get(chunk)?.length ?? 0
    return { chunk, first, last, settled, finished: settled > last - first, holder: null, leased_until: null }
  })
}

const unreadable = ({ item, problem }: Problem): Result =>
  failed(item, new HubError('invalid_input', problem, { advice: 'Mend this row and send it again.' }))

/**
 * The run that this request made before; where there is none, it is noted that this one makes `run`.
 * @throws HubError conflict for a key that was used with another request
 */
const findSame = async (
  trx: Transaction<Tables>,
  { workspace, mode }: Scope,
  given: NewRun,
  run: string,
  rowsHash: Hash,
): Promise<string | undefined> => {
  const { route, earlierRoute, idempotencyKey: key, block, budget, itemBudget } = given
  if (!key) return undefined
  const rows = rowsHash.digest('hex')
  const rest = createHash('sha256')
    .update(json([block, budget ?? null, itemBudget ?? null]))
    .digest('hex')
  const known = () =>
    trx
      .selectFrom('idempotency')
      .select(['body_hash', 'run'])
      .where('workspace', '=', workspace)
      .where('mode', '=', mode)
      .where('key', '=', key)
  // A request of an earlier version has no second part: it is the same by what it says of its items.
  const earlier =
    earlierRoute === undefined
      ? undefined
      : await known().where('route', '=', earlierRoute).where('body_hash', 'not like', '%:%').executeTakeFirst()
  const claim =
    !earlier &&
    (await trx
      .insertInto('idempotency')
      .values({ workspace, mode, route, key, body_hash: `${rows}:${rest}`, run })
      .onConflict((conflict) => conflict.doNothing())
      .returning('run')
      .executeTakeFirst())
  if (claim) return undefined
  const before = earlier ?? (await known().where('route', '=', route).executeTakeFirstOrThrow())
  const [sameRows, sameRest] = before.body_hash.split(':')
  if (sameRows === rows && (sameRest === undefined || sameRest === rest)) return before.run
  throw new HubError('conflict', 'This Idempotency-Key was used before with another body or another budget.', {
    advice: 'Use a new key for a new request.',
  })
}
