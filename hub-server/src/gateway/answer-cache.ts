import { sql } from 'kysely'
import type { Scope } from '../contracts/scope.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

/** What a vendor answered, kept with an expiry so that it is not paid for twice. Misses are kept too. */
export interface KeptAnswer {
  readonly key: string
  readonly outputs: unknown[]
  readonly reason: string | null
  readonly raw: unknown
  readonly ledger: string | null
  /** Micro-USD, what the vendor charged for it. */
  readonly price: number | null
  readonly at: Date
}

interface Place extends Scope {
  readonly connector: string
  readonly operation: string
}

export type AnswerCache = ReturnType<typeof createAnswerCache>

export const createAnswerCache = (db: Db) => {
  const write = createBatcher<Place & Omit<KeptAnswer, 'at'> & { at: string; expires_at: string }>(async (rows) => {
    // One statement cannot touch a row twice: of two answers under one key the later stays.
    const last = [
      ...new Map(
        rows.map((row) => [[row.workspace, row.mode, row.connector, row.operation, row.key].join('\n'), row]),
      ).values(),
    ]
    await sql`insert into answer (workspace, mode, connector, operation, key, outputs, reason, raw, ledger, price,
      at, expires_at)
      select workspace, mode, connector, operation, key, outputs, reason, raw, ledger, price, at, expires_at
      from json_to_recordset(${json(last)}::json) as row(workspace text, mode text, connector text, operation text,
      key text,
        outputs jsonb, reason text, raw jsonb, ledger text, price bigint, at timestamptz, expires_at timestamptz)
      on conflict (workspace, mode, connector, operation, key) do update set outputs = excluded.outputs, reason =
      excluded.reason,
        raw = excluded.raw, ledger = excluded.ledger, price = excluded.price, at = excluded.at, expires_at =
        excluded.expires_at`.execute(db)
  }, 5)

  return {
    /** Those of the keys that are known and neither expired nor older than asked for. */
    read: async (place: Place, keys: readonly string[], maxAgeDays: number): Promise<Map<string, KeptAnswer>> => {
      if (keys.length === 0 || maxAgeDays <= 0) return new Map()
      const now = Date.now()
      // Each key is looked up in the primary key by itself: what Postgres guesses of a table that grows fast makes it
      // read all of it.
      const { rows } =
        await sql<KeptAnswer>`select kept.* from json_array_elements_text(${json(keys)}::json) as wanted cross join
          lateral (
          select key, outputs, reason, raw, ledger, price, at from answer
          where workspace = ${place.workspace} and mode = ${place.mode} and connector = ${place.connector} and
          operation = ${place.operation} and key = wanted.value
            and expires_at > ${new Date(now)} and at >= ${new Date(now - maxAgeDays * 86_400_000)} limit 1) as
            kept`.execute(db)
      return new Map(rows.map((row) => [row.key, { ...row, at: new Date(row.at) }]))
    },
    keep: (place: Place, answer: KeptAnswer, expiryDays: number): Promise<void> =>
      write({
        ...place,
        ...answer,
        at: answer.at.toISOString(),
        expires_at: new Date(answer.at.getTime() + expiryDays * 86_400_000).toISOString(),
      }),
  }
}
