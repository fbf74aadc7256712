import { isKnown, isRecord, textOf, valueAt, withValue } from '../fields.ts'

/** A lead on its way through the providers. */
export interface Enriched {
  readonly lead: Record<string, unknown>
  readonly enrichedBy: Record<string, string>
  /** Wanted fields that are not there yet. */
  readonly missing: readonly string[]
}

export const begin = (lead: Record<string, unknown>, want: readonly string[], overwrite: boolean): Enriched => ({
  lead,
  enrichedBy: {},
  missing: want.filter((field) => overwrite || !isKnown(current(lead, field))),
})

/** A company may come as a bare name. */
const current = (lead: Record<string, unknown>, field: string): unknown =>
  field === 'company.name' && typeof lead.company === 'string' ? lead.company : valueAt(lead, field)

/** Takes from an answer what is still missing; what else it knows is taken where the lead has nothing. */
export const take = (enriched: Enriched, answer: Record<string, unknown>, provider: string, isSureEnough: boolean): Enriched => {
  if (!isSureEnough) return enriched
  let { lead } = enriched
  const enrichedBy = { ...enriched.enrichedBy }
  const missing = new Set(enriched.missing)
  for (const [field, value] of leaves(answer)) {
    if (!isKnown(value) || field === 'confidence') continue
    const wanted = missing.has(field)
    if (!wanted && isKnown(current(lead, field))) continue
    if (field === 'email' && !wanted) continue
    lead = withValue(lead, field, value)
    if (!isId(field)) enrichedBy[field] = provider
    missing.delete(field)
  }
  return { lead, enrichedBy, missing: [...missing] }
}

/** Fields of a person with the company's as company.<field>, and each service's id by itself. */
const leaves = (answer: Record<string, unknown>, within = ''): [string, unknown][] =>
  Object.entries(answer).flatMap(([name, value]): [string, unknown][] => ((name === 'company' || name === 'ids') && isRecord(value) ? leaves(value, `${within}${name}.`) : [[`${within}${name}`, value]]))

const isId = (field: string): boolean => /^(company\.)?ids\./.test(field)

/** What a provider can be asked by: its own id, an e-mail, a profile, a phone, or a name with a company. */
export const personKeys = (lead: Record<string, unknown>): PersonKeys => ({
  ...(isRecord(lead.ids) && { ids: lead.ids }),
  ...Object.fromEntries(
    Object.entries({
      email: textOf(lead.email)?.toLowerCase(),
      linkedin: textOf(lead.linkedin),
      firstName: textOf(lead.firstName),
      lastName: textOf(lead.lastName),
      fullName: textOf(lead.fullName) ?? textOf(lead.name),
      domain: domainOf(lead),
      company: textOf(lead.company) ?? textOf(valueAt(lead, 'company.name')),
      phone: textOf(lead.phone) ?? textOf(lead.mobile),
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ),
})

export type PersonKeys = { ids?: Record<string, unknown> } & Partial<Record<'email' | 'linkedin' | 'firstName' | 'lastName' | 'fullName' | 'domain' | 'company' | 'phone', string>>

/** The company's domain: as given, of its website, or of the e-mail address. */
export const domainOf = (lead: Record<string, unknown>): string | undefined => {
  const given = textOf(valueAt(lead, 'company.domain')) ?? textOf(lead.domain) ?? textOf(lead.website) ?? textOf(valueAt(lead, 'company.website')) ?? textOf(lead.email)?.split('@')[1]
  return given
    ?.toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^www\./, '')
    .split(/[/?#:]/)[0]
}
