/** Shorter ones occur in words by chance. */
const shortest = 3
const mostSecrets = 2_000

/** What is written like an address or a number to call. Linear: each part is bounded, and none can be read twice. */
const patterns = [
  /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
  /\+?\d[\d ()./-]{6,20}\d/g,
  /(?:https?:\/\/)?(?:[a-z]{2,3}\.)?linkedin\.com\/(?:in|pub)\/[^\s"'<>]{1,200}/gi,
]
const sign = '•••'

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** An id, a moment, a word: what their letters and digits look like says nothing. */
const isSentence = (text: string): boolean => /\s/.test(text) || text.includes('@')

/**
 * A value with its sentences cleaned: of the given secrets wherever they stand, and of what looks like an address or a
 * number to call.
 */
export const scrubbed = (value: unknown, secrets: ReadonlySet<string>): unknown => {
  const words = [...secrets]
    .filter((secret) => secret.length >= shortest)
    .slice(0, mostSecrets)
    .sort((one, other) => other.length - one.length)
  const known =
    words.length > 0
      ? new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${words.map(escaped).join('|')})(?![\p{L}\p{N}])`, 'giu')
      : undefined
  return scrubAll(value, (text) => scrubText(text, known))
}

const scrubAll = (value: unknown, scrub: (text: string) => string): unknown => {
  if (typeof value === 'string') return scrub(value)
  if (Array.isArray(value)) return value.map((one) => scrubAll(one, scrub))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, scrubAll(field, scrub)]))
}

const scrubText = (text: string, known: RegExp | undefined): string => {
  if (!isSentence(text)) return text
  const without = known ? text.replace(known, sign) : text
  return patterns.reduce((cleaned, pattern) => cleaned.replace(pattern, sign), without)
}
