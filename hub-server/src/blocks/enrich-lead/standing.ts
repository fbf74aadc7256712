import { companyDomain, emailAddress, phoneNumber } from '../../contracts/addresses.ts'
import { isKnown, isRecord, textOf } from '../fields.ts'
import { COUNTRY_NAMES } from '../scrape-website/extract/country-names.ts'
import { agreement } from '../scrape-website/extract/company-names.ts'
import { nameParts } from '../scrape-website/names.ts'
import type { Group } from './groups.ts'
import { companyName, mailDomain, ownDomain } from './keys.ts'

type Fields = Record<string, unknown>

/**
 * How what an answer says of a group stands to what the lead has of it: nothing there yet, the same thing, or another.
 */
export type Standing = 'nothing' | 'same' | 'another'

/** How a group of an answer stands to the lead's. */
export const standingOf = ({ name }: Group, lead: Fields, answer: Fields): Standing => standings[name](lead, answer)

const byKey =
  (key: string, normal: (text: string) => string) =>
  (lead: Fields, answer: Fields): Standing => {
    const [ours, theirs] = [textOf(lead[key]), textOf(answer[key])]
    if (!ours) return 'nothing'
    return theirs && normal(theirs) === normal(ours) ? 'same' : 'another'
  }

const normalEmail = (email: string): string => emailAddress(email) ?? email.trim().toLowerCase()

const normalPhone = (phone: string): string => phoneNumber(phone) ?? phone.replace(/\D/g, '')

const company = (lead: Fields, answer: Fields): Standing => {
  const [own, theirs] = [ownDomain(lead), ownDomain(answer)]
  if (own && theirs) return isSameDomain(own, theirs) ? 'same' : 'another'
  const [ourName, theirName] = [companyName(lead), companyName(answer)]
  if (ourName && theirName) return agreement(ourName, theirName) === 1 ? 'same' : 'another'
  const mail = mailDomain(lead)
  if (mail && theirs && !isSameDomain(mail, theirs)) return 'another'
  return own || ourName || mail || isRecord(lead.company) ? 'same' : 'nothing'
}

/** A job is one at a company: the title at another company says nothing. */
const job = (lead: Fields, answer: Fields): Standing => {
  const [ourName, theirName] = [companyName(lead), companyName(answer)]
  if (company(lead, answer) !== 'another') return 'same'
  return ourName && theirName && agreement(ourName, theirName) === 1 ? 'same' : 'another'
}

const isSameDomain = (one: string, other: string): boolean => registrable(one) === registrable(other)

const registrable = (host: string): string => companyDomain(host) ?? host

const name = (lead: Fields, answer: Fields): Standing => {
  const [ours, theirs] = [partsOf(lead), partsOf(answer)]
  if (ours.length === 0) return 'nothing'
  const [short, long] = ours.length <= theirs.length ? [ours, theirs] : [theirs, ours]
  return short.every((part) => long.some((other) => isSamePart(part, other))) ? 'same' : 'another'
}

/** An initial stands for a name. */
const isSamePart = (one: string, other: string): boolean =>
  one === other || (one.length === 1 && other.startsWith(one)) || (other.length === 1 && one.startsWith(other))

const partsOf = ({ fullName, name: whole, firstName, lastName }: Fields): string[] => [
  ...new Set(nameParts([fullName, whole, firstName, lastName].flatMap((part) => textOf(part) ?? []).join(' '))),
]

/** Finest first. */
const places = ['city', 'state', 'country']

/** The same country does not make it the same city: the finest that the lead has must be said by the answer too. */
const place = (lead: Fields, answer: Fields): Standing => {
  const ours = places.filter((field) => isKnown(lead[field]))
  const [finest] = ours
  if (!finest) return 'nothing'
  const isAgreed = (field: string): boolean => placeName(lead[field]) === placeName(answer[field])
  return isAgreed(finest) && ours.every((field) => !isKnown(answer[field]) || isAgreed(field)) ? 'same' : 'another'
}

/** Countries are known by name and by code. */
const placeName = (value: unknown): string => {
  const written = String(value).trim().toLowerCase()
  return COUNTRY_NAMES.get(written)?.toLowerCase() ?? written
}

const standings: Readonly<Record<Group['name'], (lead: Fields, answer: Fields) => Standing>> = {
  company,
  job,
  address: byKey('email', normalEmail),
  phone: byKey('phone', normalPhone),
  mobile: byKey('mobile', normalPhone),
  name,
  place,
}
