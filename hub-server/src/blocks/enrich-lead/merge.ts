import { isKnown, isRecord, valueAt, withValue } from '../fields.ts'
import { groups, isIn, type Group } from './groups.ts'
import { companyName, mailProvider, ownDomain } from './keys.ts'
import { standingOf } from './standing.ts'

type Fields = Record<string, unknown>
type Offer = readonly [field: string, value: unknown]

/** What a service said and the lead did not get, where a person should know. */
export interface NotTaken {
  readonly field: string
  readonly source: string
  readonly reason: string
}

/** A lead on its way through the providers. */
export interface Enriched {
  readonly lead: Fields
  /** Field → the service it came from. */
  readonly enrichedBy: Readonly<Record<string, string>>
  /** Wanted fields that are not there yet. */
  readonly missing: readonly string[]
  readonly notTaken: readonly NotTaken[]
  /** Fields that the lead came with and that no longer hold: a verdict of an address that was replaced. */
  readonly dropped: readonly string[]
  /** Whether what is wanted replaces what the lead came with. */
  readonly overwrite: boolean
}

/** Who answered, and when. */
export interface Answerer {
  readonly provider: string
  readonly at: Date
}

export const begin = (
  { dropped: _before, ...lead }: Fields,
  want: readonly string[],
  overwrite: boolean,
): Enriched => ({
  lead,
  enrichedBy: {},
  missing: want.filter((field) => overwrite || !isKnown(current(lead, field))),
  notTaken: [],
  dropped: [],
  overwrite,
})

/**
 * Takes from an answer what the lead lacks, group by group: fields that belong together come together, so that no
 * verdict stands beside another address and no two companies become one.
 */
export const take = (enriched: Enriched, answer: Fields, by: Answerer): Enriched => {
  const offers = offersOf(answer)
  const alone = offers.filter(([field]) => !groups.some((group) => isIn(field, group)) && isLacking(enriched, field))
  return groups.reduce(
    (so, group) =>
      takeGroup(
        so,
        group,
        offers.filter(([field]) => isIn(field, group)),
        answer,
        by,
      ),
    setting(enriched, alone, by),
  )
}

const takeGroup = (
  enriched: Enriched,
  group: Group,
  offered: readonly Offer[],
  answer: Fields,
  by: Answerer,
): Enriched => {
  if (offered.length === 0 || (group.key && !offered.some(([field]) => field === group.key))) return enriched
  const provider = group.name === 'company' && !ownDomain(answer) ? mailProvider(answer) : undefined
  if (provider) return noting(enriched, group, by, `${provider} is a mail provider and not the employer`)
  const replaces = isReplaced(enriched, group)
  const standing = standingOf(group, enriched.lead, answer)
  if (standing === 'another' && !replaces) {
    const clash = group.clash && `${saidOf(group, answer)}: ${group.clash}`
    return clash ? noting(enriched, group, by, clash) : enriched
  }
  const isWhole = standing !== 'same' || (replaces && group.name === 'job')
  if (isWhole) return setting(without(enriched, group.fields), withVerifier(offered, by), by)
  if (group.key) return addToKey(enriched, group, offered, by, replaces)
  return setting(
    enriched,
    offered.filter(([field]) => replaces || isLacking(enriched, field)),
    by,
  )
}

/** The same address: what is known of it stays as it is, or is replaced as a whole. */
const addToKey = (
  enriched: Enriched,
  group: Group,
  offered: readonly Offer[],
  by: Answerer,
  replaces: boolean,
): Enriched => {
  const rest = group.fields.filter((field) => field !== group.key)
  const news = offered.filter(([field]) => rest.includes(field))
  const isThere = rest.some((field) => isKnown(enriched.lead[field]))
  if (news.length === 0 || (isThere && !replaces)) return settled(enriched, group.key)
  return settled(setting(without(enriched, rest), withVerifier(news, by), by), group.key)
}

/** Once: what a first answer has replaced, a second one does not. */
const isReplaced = ({ overwrite, missing, enrichedBy }: Enriched, group: Group): boolean =>
  overwrite &&
  missing.some((field) => isIn(field, group)) &&
  !Object.keys(enrichedBy).some((field) => isIn(field, group))

/** Whoever gives an address with its verdict has verified it. */
const withVerifier = (offered: readonly Offer[], { provider, at }: Answerer): readonly Offer[] =>
  offered.some(([field]) => field === 'verdict') && !offered.some(([field]) => field === 'verifiedBy')
    ? [...offered, ['verifiedBy', provider], ['verifiedAt', at.toISOString()]]
    : offered

const setting = (enriched: Enriched, offered: readonly Offer[], { provider }: Answerer): Enriched => {
  const set = new Set(offered.map(([field]) => field))
  return {
    ...enriched,
    lead: offered.reduce((lead, [field, value]) => withValue(lead, field, value), enriched.lead),
    enrichedBy: {
      ...enriched.enrichedBy,
      ...Object.fromEntries([...set].filter(isTold).map((field) => [field, provider])),
    },
    missing: enriched.missing.filter((field) => !set.has(field)),
    dropped: enriched.dropped.filter((name) => !offered.some(([field]) => field.split('.')[0] === name)),
  }
}

/** The answer confirms what is there. */
const settled = (enriched: Enriched, field: string | undefined): Enriched => ({
  ...enriched,
  missing: enriched.missing.filter((wanted) => wanted !== field),
})

const without = (enriched: Enriched, fields: readonly string[]): Enriched => {
  const names = fields.map((field) => field.replace(/\.\*$/, '')).filter((field) => field in enriched.lead)
  if (names.length === 0) return enriched
  const isDropped = (field: string): boolean => names.includes(field.split('.')[0] ?? field)
  return {
    ...enriched,
    lead: Object.fromEntries(Object.entries(enriched.lead).filter(([name]) => !names.includes(name))),
    enrichedBy: Object.fromEntries(Object.entries(enriched.enrichedBy).filter(([field]) => !isDropped(field))),
    dropped: [...new Set([...enriched.dropped, ...names])],
  }
}

const noting = (enriched: Enriched, group: Group, { provider }: Answerer, reason: string): Enriched => ({
  ...enriched,
  notTaken: [...enriched.notTaken, { field: group.key ?? group.name, source: provider, reason }],
})

/** What the answer says of a group, in a word or two. */
const saidOf = (group: Group, answer: Fields): string => {
  const shown = ['company', 'job'].includes(group.name)
    ? [companyName(answer), ownDomain(answer)]
    : group.fields
        .slice(0, 1)
        .map((field) => answer[field] ?? [answer.firstName, answer.lastName].filter(isKnown).join(' '))
  return shown.filter(isKnown).join(', ')
}

/** A company may come as a bare name. */
const current = (lead: Fields, field: string): unknown =>
  field === 'company.name' ? companyName(lead) : valueAt(lead, field)

const isLacking = ({ lead, missing }: Enriched, field: string): boolean =>
  missing.includes(field) || !isKnown(current(lead, field))

/** A service's own id is nothing to tell about, nor is who verified an address. */
const isTold = (field: string): boolean => !/^(?:company\.)?ids\.|^verified/.test(field)

/** What an answer says, but how sure it is: fields of the company as company.<field>, each service's id by itself. */
const offersOf = ({ confidence: _sure, ...answer }: Fields): Offer[] =>
  leaves(answer).filter(([, value]) => isKnown(value))

const leaves = (fields: Fields, within = ''): Offer[] =>
  Object.entries(fields).flatMap(([name, value]): Offer[] =>
    (name === 'company' || name === 'ids') && isRecord(value)
      ? leaves(value, `${within}${name}.`)
      : [[`${within}${name}`, value]],
  )

/** An answer's fields as an observation names them: a service's id is `hunter.id`, as the lead store has it. */
export const saidIn = (answer: Fields): Fields =>
  Object.fromEntries(offersOf(answer).map(([field, value]) => [field.replace(/(^|\.)ids\.(.+)$/, '$1$2.id'), value]))
