import { sql } from 'kysely'
import type { Usage } from '../contracts/result.ts'
import type { Scope } from '../contracts/scope.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'

export interface Sent extends Scope {
  readonly run: string | null
  readonly connector: string
  readonly connection: string
  readonly operation: string
  readonly items: number
  /** Micro-USD, the highest that the call can cost. */
  readonly price: number
  readonly credits: number
}

export interface Settled {
  readonly id: string
  readonly state: 'settled' | 'failed' | 'uncertain'
  readonly price: number
  readonly credits: number
  readonly httpStatus: number | null
  readonly error: string | null
}

export type Ledger = ReturnType<typeof createLedger>

/**
 * Every call to an outside service: written as `sent` with its highest price before it leaves, settled with the real
 * one after. A row that stays `sent` is a call during which the hub died: counted at its highest price.
 */
export const createLedger = (db: Db) => {
  const writeSent = createBatcher<Sent & { id: string; sent_at: string }>(async (rows) => {
    await sql`insert into ledger (workspace, mode, id, run, connector, connection, operation, items, state, price, credits, sent_at)
      select workspace, mode, id, run, connector, connection, operation, items, 'sent', price, credits, sent_at
      from json_to_recordset(${json(rows)}::json) as row(workspace text, mode text, id text, run text, connector text, connection text,
        operation text, items integer, price bigint, credits double precision, sent_at timestamptz)`.execute(db)
  }, 2)
  const writeSettled = createBatcher<Settled & { settled_at: string }>(async (rows) => {
    await sql`update ledger set state = row.state, price = row.price, credits = row.credits, http_status = row."httpStatus",
        error = row.error, settled_at = row.settled_at
      from json_to_recordset(${json(rows)}::json) as row(id text, state text, price bigint, credits double precision,
        "httpStatus" integer, error text, settled_at timestamptz)
      where ledger.id = row.id`.execute(db)
  }, 20)

  return {
    /** @returns the id of the row, once it is committed */
    send: async (call: Sent): Promise<string> => {
      const id = newId('led')
      await writeSent({ ...call, id, sent_at: new Date().toISOString() })
      return id
    },
    settle: (settled: Settled): Promise<void> => writeSettled({ ...settled, settled_at: new Date().toISOString() }),
    /** What a run has cost so far; answers from the cache are counted by the run itself. */
    usageOf: async (run: string): Promise<Omit<Usage, 'cached'>> => {
      const row = await db
        .selectFrom('ledger')
        .select(({ fn }) => [fn.countAll<number>().as('calls'), fn.sum<string>('price').as('price'), fn.sum<number>('credits').as('credits')])
        .where('run', '=', run)
        .executeTakeFirstOrThrow()
      return { calls: Number(row.calls), price: Number(row.price ?? 0), credits: Number(row.credits ?? 0) }
    },
  }
}
