import { isNoEmployer } from '../../contracts/free-mail.ts'
import { isKnown, isRecord, textOf, valueAt } from '../fields.ts'

/** What is written: standard fields by our names, further ones by the CRM's. */
export interface CrmRecord {
  /** What the record is found by. */
  readonly key: string
  readonly fields: Record<string, unknown>
  readonly custom: Record<string, unknown>
}

const contactFields = ['email', 'firstName', 'lastName', 'title', 'phone', 'mobile', 'linkedin', 'city', 'state', 'country', 'website'] as const
const companyFields = ['name', 'domain', 'website', 'industry', 'employees', 'revenue', 'founded', 'description', 'phone', 'linkedin'] as const

/** The record of a lead-shaped item, or why there is none. */
export const recordOf = (item: Record<string, unknown>, object: 'contact' | 'company', mapping: readonly { from: string; to: string }[]): CrmRecord | string => {
  const custom = pick(mapping.map(({ from, to }) => [to, plain(valueAt(item, from))]))
  return object === 'contact' ? contactOf(item, custom) : companyOf(item, custom)
}

const contactOf = (item: Record<string, unknown>, custom: Record<string, unknown>): CrmRecord | string => {
  const email = textOf(item.email)?.toLowerCase()
  if (!email) return 'There is no e-mail address, which a contact is found by.'
  const company = textOf(item.company) ?? textOf(valueAt(item, 'company.name'))
  const named = item.firstName || item.lastName ? {} : splitName(textOf(item.fullName))
  return { key: email, fields: pick([...contactFields.map((name): [string, unknown] => [name, plain(item[name])]), ...Object.entries(named), ['email', email], ['company', company]]), custom }
}

const companyOf = (item: Record<string, unknown>, custom: Record<string, unknown>): CrmRecord | string => {
  const company = isRecord(item.company) ? item.company : typeof item.company === 'string' ? { name: item.company } : item
  const domain = (textOf(company.domain) ?? textOf(item.website))?.toLowerCase().replace(/^[a-z]+:\/\//, '').replace(/^www\./, '').split(/[/?#:]/)[0]
  if (!domain) return 'There is no website or domain, which a company is found by.'
  if (isNoEmployer(domain)) return `${domain} is a mail provider, where anybody can have a mailbox: no company is found by it.`
  const address = isRecord(company.address) ? company.address : {}
  return {
    key: domain,
    fields: pick([...companyFields.map((name): [string, unknown] => [name, plain(company[name])]), ...Object.entries(address).map(([name, value]): [string, unknown] => [name, plain(value)]), ['domain', domain]]),
    custom,
  }
}

/** The last word is the family name: right for most; a vendor that knows better fills it in before. */
const splitName = (fullName: string | undefined): Record<string, string> => {
  const words = fullName?.split(/\s+/) ?? []
  const last = words.pop()
  return last ? { ...(words.length > 0 && { firstName: words.join(' ') }), lastName: last } : {}
}

const pick = (entries: [string, unknown][]): Record<string, unknown> => Object.fromEntries(entries.filter(([, value]) => isKnown(value)))

/** A CRM's field holds text, a number or yes/no: lists become lines. */
const plain = (value: unknown): unknown => (Array.isArray(value) ? value.map(String).join('\n') : isRecord(value) ? JSON.stringify(value) : value)

/** Names of the fields whose value is not the one last agreed. */
export const changedFields = ({ fields, custom }: CrmRecord, base: Record<string, unknown> | undefined): string[] =>
  Object.entries({ ...fields, ...custom })
    .filter(([name, value]) => base === undefined || String(base[name] ?? '') !== String(value))
    .map(([name]) => name)
