import { sql } from 'kysely'
import type { Fact } from '../contracts/facts.ts'
import type { Db } from '../db/database.ts'
import { membersOf } from './clusters.ts'

interface Row {
  readonly root: string
  readonly field: string
  readonly said: [unknown, number, string?]
  readonly source: string
  readonly at: Date
  readonly price: number | null
  readonly ledger: string | null
  readonly legal_basis: string | null
  readonly run: string | null
}

/**
 * Everything known of a lead and of its company: the observations of all who are merged, field by field, the newest
 * first.
 */
export const readFacts = async (db: Db, lead: string): Promise<Fact[]> => {
  const row = await db.selectFrom('subject').select('fields').where('id', '=', lead).executeTakeFirst()
  const company = row?.fields.companyId
  const roots = typeof company === 'string' ? [lead, company] : [lead]
  const { rows } = await sql<Row>`
    select member.root, field.key as field, field.value as said, o.source, o.at, o.price, o.ledger, o.legal_basis, o.run
    from ${membersOf(roots)} as member join observation o on o.subject = member.id cross join lateral
    jsonb_each(o.said) as field
    order by member.root <> ${lead}, field.key, o.at desc, o.id desc`.execute(db)
  return rows.map(({ root, field, said: [value, confidence], source, at, price, ledger, legal_basis, run }) => ({
    subject: root,
    field: root === lead ? field : `company.${field}`,
    value,
    source,
    at: new Date(at).toISOString(),
    confidence,
    ...(price !== null && { price }),
    ...(ledger !== null && { ledger }),
    ...(legal_basis !== null && { legalBasis: legal_basis }),
    ...(run !== null && { runId: run }),
  }))
}
