import { createHash } from 'node:crypto'
import { sql, type Kysely, type Selectable } from 'kysely'
import type { Logger } from 'pino'
import type { DoneJob, HeldJob, JobBook, KnownJob, NewJob, VendorAnswer } from '../connectors/index.ts'
import type { Scope } from '../contracts/scope.ts'
import { retryWhileUnavailable } from '../db/unavailable.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import type { Callbacks } from './callbacks.ts'
import { createJobLeases, leaseSeconds } from './job-leases.ts'
import type { Clock } from './rate-limiter.ts'
import type { Redactor } from './redact.ts'

export interface JobsParts {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly log: Pick<Logger, 'warn'>
  /** So long a job is taken up again; after that nobody asks for its result. */
  readonly keepDays: number
  /** Absent where nobody outside can call the hub. */
  readonly callbacks?: Callbacks
}

/** Whose questions they are, and how old an answer may be. */
export interface Asker extends Scope {
  readonly connector: string
  readonly operation: string
  readonly connection: string
  readonly run: string | null
  /** Micro-USD for one of the vendor's credits. */
  readonly creditPrice: number
  /** What the answers depend on beside the question and the service: of another account no ticket is taken up. */
  readonly ground: string
  /** The vendor may repeat the account's secrets in its answer. */
  readonly redact: Redactor
  /** A job that anybody started since then will do; absent: only one that this run started. */
  readonly since?: Date
}

/** A book for one call of the engine; what it has answered may be struck out once it is kept elsewhere. */
export interface OpenBook extends JobBook {
  readonly strike: () => Promise<void>
}

export type Jobs = ReturnType<typeof createJobs>

/** Somebody has written one of these questions meanwhile. */
class ElsewhereError extends Error {}

/** How soon one looks again whether somebody else's job is done. */
const lookMs = 500
const dayMs = 86_400_000
/** All who asked have their answers. */
const isOver = sql<boolean>`state = 'done' and not exists (select from vendor_job_item i where i.job = j.id)`
const leaseEnds = sql<Date>`now() + ${leaseSeconds} * interval '1 second'`

/**
 * Jobs at vendors, as rows: what is asked and who pays is committed before a job is submitted, its ticket before it is
 * waited for, its result before anybody uses it. Whoever asks one of its questions again, after a kill, a stop or a
 * time-out, in this process or another, finds it here. It is followed by one at a time, under a lease with a fencing
 * token.
 */
export const createJobs = ({ db, clock, log, keepDays, callbacks }: JobsParts) => {
  const leases = createJobLeases(db)

  const bookFor = (asker: Asker): OpenBook => {
    const { workspace, mode, connector, operation, connection, run, creditPrice, ground, redact, since } = asker
    const owner = since ? '' : (run ?? newId('ask'))
    /** Names of the questions that were looked for, and the jobs that answered. */
    const [asked, answered] = [new Set<string>(), new Set<string>()]
    const nameOf = (key: string): string => {
      const name = createHash('sha256')
        .update(JSON.stringify([connector, operation, connection, owner, key, ...(ground === '' ? [] : [ground])]))
        .digest('hex')
      asked.add(name)
      return name
    }
    const isStale = sql<boolean>`(j.expires_at <= now() ${since ? sql`or j.created_at < ${since}` : sql``})`

    const held = (row: Selectable<Tables['vendor_job']>, callback: HeldJob['callback']): HeldJob => {
      const { id, fence } = row
      const mine = () => sql`id = ${id} and fence = ${fence}`
      leases.add(id, fence)
      const end = async (change: () => Promise<unknown>): Promise<void> => {
        leases.remove(id)
        await retryWhileUnavailable(change)
      }
      return {
        items: row.items,
        credits: row.credits,
        run: row.run,
        others: row.run !== run,
        ...(callback && { callback }),
        ...(row.state === 'open' && { started: { ticket: row.ticket } }),
        ...(row.ledger !== null && { ledger: row.ledger }),
        start: async (ticket, ledger) => {
          const { numAffectedRows } = await retryWhileUnavailable(() =>
            sql`update vendor_job set state = 'open', ticket = ${json(ticket)}::json, ledger = ${ledger ?? null},
              submitted_at = now() where ${mine()}`.execute(db),
          )
          const isMine = Number(numAffectedRows) === 1
          if (!isMine) leases.remove(id)
          return isMine
        },
        finish: ({ status, headers, body }) => {
          answered.add(id)
          return end(() =>
            sql`update vendor_job set state = 'done', answer =
              ${json(redact.answer({ status, headers, body }))}::json, leased_until = null where ${mine()}`.execute(db),
          )
        },
        drop: (why) => {
          if (why !== undefined)
            log.warn(
              { job: id, connector, operation, run: row.run },
              `the service no longer has this job, so it is started anew: ${redact.words(why)}`,
            )
          return end(() => sql`delete from vendor_job where ${mine()}`.execute(db))
        },
        leave: () =>
          end(() => sql`update vendor_job set leased_until = null where ${mine()} and state <> 'done'`.execute(db)),
      }
    }

    const find = async (keys: readonly string[]): Promise<ReadonlyMap<string, KnownJob>> => {
      const names = new Map(keys.map((key) => [nameOf(key), key]))
      const { rows } = await retryWhileUnavailable(() =>
        sql<
          KnownJob & { name: string }
        >`select i.name, i.ordinal, j.id, j.way from json_array_elements_text(${json([...names.keys()])}::json) as
          wanted
            join vendor_job_item i on i.workspace = ${workspace} and i.mode = ${mode} and i.name = wanted.value
            join vendor_job j on j.id = i.job where not ${isStale}`.execute(db),
      )
      return new Map(rows.map(({ name, ...job }) => [names.get(name) ?? '', job]))
    }

    const open = async ({ keys, items, way, credits, callback }: NewJob): Promise<HeldJob | undefined> => {
      const id = newId('job')
      const expiresAt = new Date(Date.now() + keepDays * dayMs)
      const questions = keys
        .map((key, ordinal) => ({ name: nameOf(key), ordinal }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      const price = Math.ceil(credits * creditPrice)
      return db
        .transaction()
        .execute(async (trx) => {
          const { rows } = await sql<Selectable<Tables['vendor_job']>>`insert into vendor_job
            (workspace, mode, id, connector, connection, operation, way, run, credits, price, items, leased_until,
            expires_at)
            values (${workspace}, ${mode}, ${id}, ${connector}, ${connection}, ${operation}, ${way}, ${run},
            ${credits}, ${price},
              ${json(items)}::json, ${leaseEnds}, ${expiresAt}) returning *`.execute(trx)
          // A question is in one job at a time; a job that is too old for us gives it up.
          const { numAffectedRows } = await sql`insert into vendor_job_item (workspace, mode, name, job, ordinal)
            select ${workspace}, ${mode}, name, ${id}, ordinal from json_to_recordset(${json(questions)}::json) as
            row(name text, ordinal integer)
            on conflict (workspace, mode, name) do update set job = excluded.job, ordinal = excluded.ordinal
            where exists (select from vendor_job j where j.id = vendor_job_item.job and ${isStale})`.execute(trx)
          const [row] = rows
          if (!row || Number(numAffectedRows) < keys.length) throw new ElsewhereError()
          return held(row, callback && callbacks ? await callbacks.open(trx, id, expiresAt) : undefined)
        })
        .catch((thrown: unknown) => {
          if (thrown instanceof ElsewhereError) return undefined
          throw thrown
        })
    }

    /** A callback's address is known by its hash alone: who takes the job up gives away another, and hears of both. */
    const takeUp = (id: string): Promise<HeldJob | undefined> =>
      retryWhileUnavailable(async () => {
        const taken = await db.transaction().execute(async (trx) => {
          const { rows } = await sql<
            Selectable<Tables['vendor_job']>
          >`update vendor_job set fence = fence + 1, leased_until = ${leaseEnds}
            where id = ${id} and state <> 'done' and (leased_until is null or leased_until < now()) returning
            *`.execute(trx)
          const [row] = rows
          if (!row) return undefined
          const had =
            callbacks &&
            (await trx.selectFrom('callback').select('token').where('job', '=', id).limit(1).executeTakeFirst())
          return { row, address: had && callbacks ? await callbacks.open(trx, id, row.expires_at) : undefined }
        })
        return taken && held(taken.row, taken.address)
      })

    const join = async (id: string, signal: AbortSignal): Promise<HeldJob | DoneJob | undefined> => {
      for (;;) {
        const mine = await takeUp(id)
        if (mine) return mine
        const row = await retryWhileUnavailable(() =>
          db
            .selectFrom('vendor_job')
            .select(['state', 'items', 'credits', 'run', 'answer', 'ledger'])
            .where('id', '=', id)
            .executeTakeFirst(),
        )
        if (!row) return undefined
        if (row.state === 'done') {
          answered.add(id)
          return {
            items: row.items,
            credits: row.credits,
            others: row.run !== run,
            answer: { ...answerOf(row.answer), ...(row.ledger !== null && { ledger: row.ledger }) },
          }
        }
        await clock.sleep(lookMs, signal)
      }
    }

    /** What was answered is kept elsewhere by now, or nobody may keep it. */
    const strike = async (): Promise<void> => {
      if (answered.size === 0) return
      const jobs = [...answered]
      await sql`delete from vendor_job_item i using vendor_job j where j.id = i.job and j.state = 'done' and j.id in
        (${sql.join(jobs)})
        and i.workspace = ${workspace} and i.mode = ${mode}
        and i.name in (select value from json_array_elements_text(${json([...asked])}::json))`.execute(db)
      // In a statement of its own, so that of two who strike at once one sees that nothing is left.
      await sql`delete from vendor_job j where j.id in (${sql.join(jobs)}) and ${isOver}`.execute(db)
    }

    return { callable: callbacks !== undefined, find, open, join, strike }
  }

  return {
    bookFor,
    /** No other process works on this database: at the start nobody holds a lease. */
    releaseAll: () =>
      db.updateTable('vendor_job').set({ leased_until: null }).where('leased_until', 'is not', null).execute(),
    close: leases.close,
  }
}

// Written by this room: what `finish` was given.
const answerOf = (kept: unknown): VendorAnswer => {
  const { status, headers, body } = kept as Omit<VendorAnswer, 'text'>
  return { status, headers, body, text: '' }
}
