import type { ApiKey, Member, NewKey } from '../contracts/access.ts'

/**
 * What `./hub keys` and `./hub sign-in-link` are told and say, the same with a hub that runs and without one. This file
 * needs nothing but Node: the launcher reads it before anything is installed.
 */
export const keyOptions = {
  mode: { type: 'string' },
  scopes: { type: 'string' },
  'read-only': { type: 'boolean' },
  expires: { type: 'string' },
  networks: { type: 'string' },
  'per-minute': { type: 'string' },
  'overlap-hours': { type: 'string' },
  workspace: { type: 'string' },
} as const

export interface KeyWords {
  readonly mode?: string
  readonly scopes?: string
  readonly 'read-only'?: boolean
  readonly expires?: string
  readonly networks?: string
  readonly 'per-minute'?: string
  readonly 'overlap-hours'?: string
  readonly workspace?: string
}

/** The command line is wrong: the message says what to write. */
export class WrongWords extends Error {}

export type KeyOrder =
  | { readonly what: 'list' }
  | { readonly what: 'new'; readonly key: NewKey }
  | { readonly what: 'rotate'; readonly id: string; readonly overlapHours: number }
  | { readonly what: 'revoke'; readonly id: string }

const usage =
  'Say one of: ./hub keys, ./hub keys new <name>, ./hub keys rotate <id>, ./hub keys revoke <id>. ./hub keys shows ' +
  'the ids.'

/** @throws WrongWords */
export const readKeyOrder = ([what, one, ...more]: readonly string[], values: KeyWords): KeyOrder => {
  if (more.length > 0) throw new WrongWords(`“${more[0]}” is one word too many. A name of several words is quoted.`)
  if (what === undefined || (what === 'list' && one === undefined)) return { what: 'list' }
  if (!one) throw new WrongWords(usage)
  if (what === 'new') return { what, key: newKeyOf(one, values) }
  if (what === 'rotate') return { what, id: one, overlapHours: hoursOf(values['overlap-hours']) }
  if (what === 'revoke') return { what, id: one }
  throw new WrongWords(usage)
}

const newKeyOf = (name: string, values: KeyWords): NewKey => {
  const { mode = 'test', scopes, expires, networks, 'per-minute': perMinute, 'read-only': readOnly } = values
  if (mode !== 'test' && mode !== 'live') throw new WrongWords(`--mode takes test or live, not “${mode}”.`)
  return {
    name,
    mode,
    ...(scopes !== undefined && { scopes: partsOf('scopes', scopes) }),
    ...(readOnly && { readOnly }),
    ...(expires !== undefined && { expiresAt: endOf(expires) }),
    ...(networks !== undefined && { networks: partsOf('networks', networks) }),
    ...(perMinute !== undefined && { requestsPerMinute: wholeNumber('per-minute', perMinute) }),
  }
}

/** An empty list would be a key for nothing, or from nowhere, which nobody means. */
const partsOf = (option: string, text: string): string[] => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (parts.length === 0) throw new WrongWords(`--${option} takes one or several, with commas, not “${text}”.`)
  return parts
}

const wholeNumber = (option: string, text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new WrongWords(`--${option} takes a whole number from 1, not “${text}”.`)
}

const hoursOf = (text = '24'): number => {
  if (/^\d{1,4}(?:\.\d{1,3})?$/.test(text)) return Number(text)
  throw new WrongWords(`--overlap-hours takes a number of hours, not “${text}”; 0 ends the old key at once.`)
}

/** The end of that day, or the moment that is named. */
const endOf = (text: string): string => {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const end = new Date(isDay ? `${text}T23:59:59.999Z` : text)
  const isReal = !Number.isNaN(end.getTime()) && (!isDay || end.toISOString().startsWith(text))
  if (isReal && /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text)) return end.toISOString()
  throw new WrongWords(`--expires takes a day such as 2027-01-31, not “${text}”.`)
}

const columns = ['id', 'name', 'mode', 'may do', 'reads only', 'expires', 'last used', 'from', 'revoked'] as const

/** All keys as a table for the terminal. */
export const keyTable = (keys: readonly ApiKey[]): string => {
  if (keys.length === 0) return 'There is no key. Make one with ./hub keys new <name>.'
  const rows = [[...columns], ...keys.map(cellsOf)]
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const cellsOf = (key: ApiKey): string[] => [
  key.id,
  plain(key.name),
  key.mode,
  key.scopes === null ? 'all but people and keys' : key.scopes.join(','),
  key.readOnly ? 'yes' : '',
  minuteOf(key.expiresAt),
  minuteOf(key.lastUsedAt),
  key.lastUsedFrom ?? '',
  minuteOf(key.revokedAt),
]

const minuteOf = (moment: string | null): string => moment?.slice(0, 16).replace('T', ' ') ?? ''

/** None of the terminal's control characters. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()

/** Of a key that was just made. */
export const madeKeyText = ({ id, mode }: Pick<ApiKey, 'id' | 'mode'>, secret: string): string =>
  `${secret}\nThis is the key ${id} (mode ${mode}). It is shown this once and not again: put it where it is needed now.`

export const rotatedText = (old: string, hours: number): string =>
  hours === 0 ? `The old key ${old} is refused from now on.` : `The old key ${old} is good for ${hours} more hours.`

export const revokedText = ({ id, name }: Pick<ApiKey, 'id' | 'name'>): string =>
  `The key ${id} (${plain(name)}) is revoked: it is refused from now on.`

export const linkText = (link: string, name: string): string =>
  `${link}\nIt signs ${plain(name)} in, once, and is good for a day. Whoever has it gets in: give it to nobody else.`

type Person = Pick<Member, 'id' | 'email' | 'name' | 'role'>

/**
 * Whom a link is for: who has the address, or else the owner.
 * @throws WrongWords where nobody has it, or there are several owners
 */
export const personFor = (people: readonly Person[], email?: string): Person => {
  const wanted = email?.trim().normalize('NFKC').toLowerCase()
  const [found, another] = people.filter((one) => (wanted === undefined ? one.role === 'owner' : one.email === wanted))
  if (found && !another) return found
  const addresses = people.flatMap((one) => (one.email === null ? [] : [`${one.email} (${one.role})`])).join(', ')
  const whatIs = wanted === undefined ? 'There is not one owner but several, or none.' : `Nobody here has “${email}”.`
  throw new WrongWords(`${whatIs} Name one of these: ./hub sign-in-link <e-mail>. There are: ${addresses || 'none'}.`)
}
