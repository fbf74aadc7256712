/**
 * How surely a text that looks like a secret is one.
 * - `telling`: nothing else looks like it, so it is blacked out wherever it stands;
 * - `distinct`: it is blacked out where it stands by itself, not as a part of a longer word or number;
 * - `ordinary`: a word, a short number: the same text may be what was asked and paid for (a city, a headcount), so that
 * an
 *   answer keeps it unless it is said to be a credential.
 */
export type Strength = 'telling' | 'distinct' | 'ordinary'

export interface Secret {
  readonly value: string
  readonly strength: Strength
}

const tellingFrom = 20
const distinctFrom = 8

export const secretOf = (value: string): Secret => ({ value, strength: strengthOf(value) })

/**
 * Whether nothing but the secret is meant where an ordinary word is written in hex or base64 by itself: what is asked
 * and paid for comes in clear.
 */
export const isTellingInCode = ({ value }: Secret): boolean => value.length >= 6 && /\p{L}/u.test(value)

const strengthOf = (value: string): Strength => {
  if (value.length >= tellingFrom) return 'telling'
  return value.length >= distinctFrom && isMixed(value) ? 'distinct' : 'ordinary'
}

/** Letters and digits together, or a character that stands in no name, address or number. */
const isMixed = (value: string): boolean =>
  (/\p{L}/u.test(value) && /\p{N}/u.test(value)) || /[^\p{L}\p{N}\s.,@_\-'’/:&+()]/u.test(value)
