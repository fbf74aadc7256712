import { companyDomain, somebodysEmail } from '../../contracts/addresses.ts'
import { isNoEmployer } from '../../contracts/free-mail.ts'
import { isKnown, isRecord, textOf, valueAt } from '../fields.ts'
import { asText } from './form.ts'
import { saysTheSame } from './same.ts'

type Values = Readonly<Record<string, unknown>>

/** What is written: standard fields by our names, further ones by the CRM's. */
export interface CrmRecord {
  /** What the record is found by. */
  readonly key: string
  readonly fields: Values
  readonly custom: Values
  /** Of a contact: the company that it belongs to. */
  readonly company?: { readonly name?: string; readonly domain?: string }
}

const contactFields = [
  'email',
  'firstName',
  'lastName',
  'title',
  'phone',
  'mobile',
  'linkedin',
  'city',
  'state',
  'country',
  'website',
] as const
const companyFields = [
  'name',
  'domain',
  'website',
  'industry',
  'employees',
  'revenue',
  'founded',
  'description',
  'phone',
  'linkedin',
] as const

export interface Mapped {
  readonly from: string
  readonly to: string
}

/** The record of a lead-shaped item, or why there is none. */
export const recordOf = (
  item: Record<string, unknown>,
  object: 'contact' | 'company',
  mapping: readonly Mapped[],
): CrmRecord | string => {
  const custom = pick(mapping.map(({ from, to }) => [to, valueAt(item, from)]))
  return object === 'contact' ? contactOf(item, custom) : companyOf(item, custom)
}

const contactOf = (item: Record<string, unknown>, custom: Values): CrmRecord | string => {
  const given = textOf(item.email)
  if (!given) return 'There is no e-mail address, which a contact is found by.'
  const email = somebodysEmail(given)
  if (!email) return `“${given}” is nobody’s e-mail address, and a contact is found by that.`
  const name = textOf(item.company) ?? textOf(valueAt(item, 'company.name'))
  const site = domainIn(isRecord(item.company) ? item.company : {})
  const domain = site && !isNoEmployer(site) ? site : undefined
  const named = item.firstName || item.lastName ? {} : splitName(textOf(item.fullName))
  const fields = pick([
    ...contactFields.map((field): [string, unknown] => [field, asText(item[field])]),
    ...Object.entries(named),
    ['email', email],
    ['company', name],
  ])
  return {
    key: email,
    fields,
    custom,
    ...((name ?? domain) && { company: { ...(name && { name }), ...(domain && { domain }) } }),
  }
}

const companyOf = (item: Record<string, unknown>, custom: Values): CrmRecord | string => {
  const named = typeof item.company === 'string' ? { name: item.company } : item
  const company: Values = isRecord(item.company) ? item.company : named
  const domain = domainIn({ domain: company.domain, website: company.website ?? item.website })
  if (!domain) return 'There is no website or domain, which a company is found by.'
  if (isNoEmployer(domain))
    return `${domain} is a mail provider, where anybody can have a mailbox: no company is found by it.`
  const address = isRecord(company.address) ? company.address : {}
  const fields = pick([
    ...companyFields.map((field): [string, unknown] => [field, asText(company[field])]),
    ...Object.entries(address).map(([field, value]): [string, unknown] => [field, asText(value)]),
    ['domain', domain],
  ])
  return { key: domain, fields, custom }
}

const domainIn = ({ domain, website }: Values): string | undefined => {
  const given = textOf(domain) ?? textOf(website)
  return given === undefined ? undefined : companyDomain(given)
}

/** The last word is the family name: right for most; a vendor that knows better fills it in before. */
const splitName = (fullName: string | undefined): Record<string, string> => {
  const words = fullName?.split(/\s+/) ?? []
  const last = words.pop()
  return last ? { ...(words.length > 0 && { firstName: words.join(' ') }), lastName: last } : {}
}

const pick = (entries: [string, unknown][]): Record<string, unknown> =>
  Object.fromEntries(entries.filter(([, value]) => isKnown(value)))

/** Names of the fields that say something else than `there`. */
export const changedFields = ({ fields, custom }: Pick<CrmRecord, 'fields' | 'custom'>, there: Values): string[] =>
  Object.entries({ ...fields, ...custom })
    .filter(([name, value]) => !saysTheSame(name, value, there[name]))
    .map(([name]) => name)

/** The record with these fields alone. */
export const only = ({ fields, custom, ...record }: CrmRecord, names: readonly string[]): CrmRecord => {
  const among = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))
  return { ...record, fields: among(fields), custom: among(custom) }
}

/** The record without these fields. */
export const except = (record: CrmRecord, names: readonly string[]): CrmRecord =>
  only(
    record,
    Object.keys({ ...record.fields, ...record.custom }).filter((name) => !names.includes(name)),
  )
