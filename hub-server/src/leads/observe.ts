import { sql, type Transaction } from 'kysely'
import type { Scope } from '../contracts/scope.ts'
import { json } from '../db/json.ts'
import type { Tables } from '../db/tables.ts'
import type { Key } from './identities.ts'
import type { Saying } from './sayings.ts'

/** What is said of a subject, and what it is known by. */
export interface Said {
  readonly subject: string
  readonly sayings: readonly Saying[]
  readonly keys: readonly Key[]
}

/**
 * Adds observations and identities. What was said before is not stored twice, but with the day on which it was said
 * last.
 */
export const addObservations = async (
  trx: Transaction<Tables>,
  { workspace, mode }: Scope,
  said: readonly Said[],
  run: string | undefined,
): Promise<void> => {
  const rows = said.flatMap(({ subject, sayings }) =>
    sayings.map(({ source, at, fields, price, ledger, legalBasis }) => ({
      subject,
      source,
      at,
      said: fields,
      price,
      ledger,
      legal_basis: legalBasis,
    })),
  )
  if (rows.length > 0)
    await sql`insert into observation (workspace, mode, subject, source, at, said, price, ledger, legal_basis, run)
      select distinct on (subject, source, coalesce(ledger, ''), md5(said::text))
        ${workspace}, ${mode}, subject, source, at, said, price, ledger, legal_basis, ${run ?? null}
      from json_to_recordset(${json(rows)}::json) as row(subject text, source text, at timestamptz, said jsonb, price
      bigint, ledger text, legal_basis text)
      order by subject, source, coalesce(ledger, ''), md5(said::text), at desc
      on conflict (subject, source, coalesce(ledger, ''), md5(said::text)) do update set at =
      greatest(observation.at, excluded.at),
        price = coalesce(observation.price, excluded.price), legal_basis = coalesce(excluded.legal_basis,
        observation.legal_basis)`.execute(trx)
  const identities = said.flatMap(({ subject, keys }) => keys.map((key) => ({ workspace, mode, ...key, subject })))
  if (identities.length > 0)
    await trx
      .insertInto('identity')
      .values(identities)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}
