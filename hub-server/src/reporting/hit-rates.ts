import { sql } from 'kysely'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'

/**
 * How often each service knew something, from the ledger's last 10,000 calls.
 * @returns by connector and operation, with a space between
 */
export const readHitRates = async (db: Db, { workspace, mode }: Scope): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ name: string; rate: number }>`
    select connector || ' ' || operation as name, sum(hits)::float / greatest(1, sum(items)) as rate
    from (select connector, operation, hits, items from ledger where workspace = ${workspace} and mode = ${mode} and
    state = 'settled' and items > 0 order by sent_at desc limit 10000) latest
    group by 1`.execute(db)
  return new Map(rows.map(({ name, rate }) => [name, Number(rate)]))
}
