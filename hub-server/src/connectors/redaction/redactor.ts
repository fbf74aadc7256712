import type { Connector } from '../compiled/connector.ts'
import { withoutBase64 } from './base64.ts'
import { asWholeWord, hexAlone, hexPatternOf, patternOf, writtenPatternOf } from './forms.ts'
import { isTellingInCode, secretOf } from './secret.ts'

export interface Redactor {
  /** A copy of an answer without the secrets; all else is as it was, and the same value where nothing had to go. */
  readonly answer: <Value>(value: Value) => Value
  /** A sentence without the secrets, ordinary words too: nothing that was paid for is lost with it. */
  readonly words: (text: string) => string
}

const mark = '…'
/** Shorter ordinary words are left alone in sentences, too. */
const shortestWord = 4

const kept = new Map<string, Redactor>()
const mostKept = 200

/** Blacks out an account's secrets: some vendors repeat the key in what they answer. */
export const redactorFor = (connector: Connector, fields: Readonly<Record<string, string>>): Redactor => {
  const named = Object.entries(connector.manifest.auth.fields)
  const secrets = named.flatMap(([name, { secret }]) => (secret && fields[name] ? [fields[name]] : []))
  const key = JSON.stringify([connector.id, secrets, fields])
  const known = kept.get(key)
  if (known) return known
  const fresh = createRedactor(
    secrets,
    Object.values(fields),
    named.map(([name]) => name),
  )
  kept.set(key, fresh)
  const oldest = kept.keys().next()
  if (kept.size > mostKept && !oldest.done) kept.delete(oldest.value)
  return fresh
}

/**
 * @param values secrets
 * @param fields all that the account has
 * @param names what its fields are called
 */
export const createRedactor = (
  values: readonly string[],
  fields: readonly string[] = values,
  names: readonly string[] = [],
): Redactor => {
  const secrets = [...new Set(values)].filter((value) => value !== '').map(secretOf)
  if (secrets.length === 0) return { answer: (value) => value, words: (text) => text }
  const ordinary = secrets.filter(({ strength }) => strength === 'ordinary')
  const distinct = secrets.filter(({ strength }) => strength === 'distinct')
  const sure = regExpOf([
    ...secrets.filter(({ strength }) => strength === 'telling').map(({ value }) => patternOf(value)),
    ...distinct.flatMap(({ value }) => [asWholeWord(writtenPatternOf(value)), hexPatternOf(value)]),
    ...ordinary.filter(isTellingInCode).map(({ value }) => hexAlone(value)),
  ])
  const credential = regExpOf(ordinary.flatMap(({ value }) => credentialPatterns(value)))
  const word = regExpOf(
    ordinary.filter(({ value }) => value.length >= shortestWord).map(({ value }) => asWholeWord(patternOf(value))),
  )
  const withoutCoded = withoutBase64(secrets, fields)
  const isCredentialName = (name: string): boolean => names.includes(name) || credentialName.test(name)

  const text = (given: string): string => {
    let clean = sure ? given.replace(sure, mark) : given
    if (credential)
      clean = clean.replace(
        credential,
        (_all, ...groups: unknown[]) => `${groups.find((group) => typeof group === 'string') ?? ''}${mark}`,
      )
    return withoutCoded(clean)
  }
  const isWholly = (value: unknown): boolean => ordinary.some((secret) => secret.value === String(value))
  const answer = (value: unknown, name = ''): unknown => {
    if (typeof value === 'string') return isCredentialName(name) && isWholly(value) ? mark : text(value)
    if (typeof value === 'number') return isCredentialName(name) && isWholly(value) ? mark : value
    if (Array.isArray(value)) return mapped(value, (one) => answer(one, name))
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    return renamed(value, text, answer)
  }
  return {
    answer: <Value>(value: Value): Value => answer(value) as Value,
    words: (given) => (word ? text(given).replace(word, mark) : text(given)),
  }
}

const regExpOf = (patterns: readonly string[]): RegExp | null =>
  patterns.length ? new RegExp(patterns.join('|'), 'gu') : null

/** What services call a credential: the name of a property, or what stands before "=" or ":". */
const credentialWords =
  'api[_-]?key|access[_-]?key|secret|password|passwd|pwd|pass|token|auth|authorization|credentials?'
const credentialName = new RegExp(`(?:^|[^a-z])(?:${credentialWords})$|(?:Key|Secret|Password|Token)$`, 'i')

/**
 * Of an ordinary word: where it is said to be a credential (api_key=…, "password": "…"), and in an address before "@".
 */
const credentialPatterns = (secret: string): string[] => {
  const end = '(?![\\p{L}\\p{N}])'
  return [
    `((?:${credentialWords})["']?(?:=|%3[dD]|\\s*:\\s*)["']?)${patternOf(secret)}${end}`,
    `(//[^\\s/:@]{0,200}:)${patternOf(secret)}(?=@)`,
  ]
}

const mapped = (list: readonly unknown[], change: (one: unknown) => unknown): readonly unknown[] => {
  const changed = list.map(change)
  return changed.every((one, index) => one === list[index]) ? list : changed
}

/** A map with its names and values changed; names that became the same are told apart. */
const renamed = (
  map: object,
  text: (name: string) => string,
  change: (value: unknown, name: string) => unknown,
): object => {
  const entries: [string, unknown][] = []
  const taken = new Set<string>()
  let isSame = true
  for (const [name, value] of Object.entries(map)) {
    let clean = text(name)
    while (taken.has(clean)) clean += mark
    taken.add(clean)
    const changed = change(value, name)
    if (clean !== name || changed !== value) isSame = false
    entries.push([clean, changed])
  }
  return isSame ? map : Object.fromEntries(entries)
}
