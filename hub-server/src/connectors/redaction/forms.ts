/** All forms in which a service may write a secret back, as one pattern. */
export const patternOf = (secret: string): string => `(?:${writtenPatternOf(secret)}|${hexPatternOf(secret)})`

/**
 * In signs: as it is, as JSON and HTML escape it, percent-encoded in whole or in part, once or more often, in lower and
 * upper case. One way to go on at each character, so that it takes linear time.
 */
export const writtenPatternOf = (secret: string): string => [...secret].map(writtenAs).join('')

/** In hex: 6b6579, 6B:65:79, \\x6b\\x65\\x79. */
export const hexPatternOf = (secret: string): string =>
  `(?:\\\\x)?${bytesOf(secret).map(anyCase).join('(?:\\\\x|[: -])?')}`

/** In hex, and not a part of a longer number. */
export const hexAlone = (secret: string): string => `(?<![0-9A-Fa-f])${hexPatternOf(secret)}(?![0-9A-Fa-f])`

/** By itself: not a part of a longer word or number. What ends an escape is none of either. */
export const asWholeWord = (pattern: string): string =>
  `(?:(?<![\\p{L}\\p{N}])|(?<=%[0-9A-Fa-f]{2})|(?<=\\\\u[0-9A-Fa-f]{4})|(?<=\\\\[nrt]))${pattern}(?![\\p{L}\\p{N}])`

const writtenAs = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  const forms = [
    escaped(character),
    percentOf(character),
    ...(code < 0x10000 ? [`\\\\u${anyCase(code.toString(16).padStart(4, '0'))}`] : []),
  ]
  forms.push(`&#0*${code};`, `&#[xX]0*${anyCase(code.toString(16))};`, ...(named[character] ?? []))
  return `(?:${forms.join('|')})`
}

/** Escapes that are particular to a character: of JSON, of HTML, of forms. */
const named: Readonly<Record<string, readonly string[]>> = {
  '"': ['\\\\"', '&quot;'],
  '\\': ['\\\\\\\\'],
  '/': ['\\\\/'],
  '\n': ['\\\\n'],
  '\r': ['\\\\r'],
  '\t': ['\\\\t'],
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  "'": ['&apos;'],
  ' ': ['\\+'],
}

const escaped = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** Its bytes as %3a or %3A; a "%" that was encoded again is %25. */
const percentOf = (character: string): string =>
  bytesOf(character)
    .map((byte) => `%(?:25)*${anyCase(byte)}`)
    .join('')

const bytesOf = (text: string): string[] => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0'))

const anyCase = (hex: string): string => hex.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
