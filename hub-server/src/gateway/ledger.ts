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
  /** Of the HTTP answer, where there was one. */
  readonly status?: number
  readonly error?: string
}

export type Ledger = ReturnType<typeof createLedger>

/**
 * Every call to an outside service: written as `sent` with its highest price before it leaves, settled with the real
 * one after. A row that stays `sent` is a call during which the hub died: counted at its highest price.
 */
export const createLedger = (db: Db) => {
  // What the calls of one run at one connector have in common goes to Postgres once for all of them.
  const writeSent = createBatcher<Sent & { id: string }>(async (rows) => {
    for (const [{ workspace, mode, run, connector, connection, operation }, calls] of grouped(rows))
      await sql`insert into ledger (workspace, mode, run, connector, connection, operation, state, sent_at, id, items, price, credits)
        select ${workspace}, ${mode}, ${run}, ${connector}, ${connection}, ${operation}, 'sent', ${new Date()}, row.*
        from json_to_recordset(${json(calls)}::json) as row(id text, items integer, price bigint, credits double precision)`.execute(db)
  }, 2)
  const writeSettled = createBatcher<Settled>(async (rows) => {
    await sql`update ledger set state = row.state, price = row.price, credits = row.credits, http_status = row.status,
        error = row.error, settled_at = ${new Date()}
      from json_to_recordset(${json(rows)}::json) as row(id text, state text, price bigint, credits double precision, status integer, error text)
      where ledger.id = row.id`.execute(db)
  }, 20)

  return {
    /** @returns the id of the row, once it is committed */
    send: async (call: Sent): Promise<string> => {
      const id = newId('led')
      await writeSent({ ...call, id })
      return id
    },
    settle: (settled: Settled): Promise<void> => writeSettled(settled),
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

const grouped = (rows: readonly (Sent & { id: string })[]) => {
  const groups = new Map<string, [Sent, Pick<Sent & { id: string }, 'id' | 'items' | 'price' | 'credits'>[]]>()
  for (const row of rows) {
    const { id, items, price, credits, ...head } = row
    const key = Object.values(head).join('\n')
    const group = groups.get(key) ?? [row, []]
    group[1].push({ id, items, price, credits })
    groups.set(key, group)
  }
  return groups.values()
}
