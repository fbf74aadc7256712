import { HubError } from '../contracts/errors.ts'
import { excessOf, type JsonBounds } from '../contracts/json-meter.ts'

/** What a JSON text may be that somebody sends: 100,000 items of twenty fields, and no map of a million names. */
export const jsonBounds: JsonBounds = { depth: 64, values: 2_500_000, fields: 10_000 }

/**
 * A JSON text that somebody sent, as a value.
 * @param what it is, to begin a sentence: “The body”
 * @throws HubError invalid_input where it is too deep, too much, or no JSON
 */
export const parseJson = (text: string, what: string, advice?: string): unknown => {
  const excess = excessOf(Buffer.from(text), jsonBounds)
  if (excess !== undefined) throw tooMuch(what, excess)
  return parseMeasured(text, what, advice)
}

/** The same for a text that was measured as it came. */
export const parseMeasured = (
  text: string,
  what: string,
  advice = 'Check for a missing quote, comma or bracket.',
): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new HubError('invalid_input', `${what} is not JSON.`, { advice, cause })
  }
}

export const tooMuch = (what: string, excess: string): HubError =>
  new HubError('invalid_input', `${what} ${excess}.`, {
    advice: 'Send less at once, or in a simpler form.',
  })

/**
 * No database keeps a NUL in a text.
 * @throws HubError invalid_input that names the place
 */
export const refuseNul = (value: unknown, what: string): void => {
  const path = pathOfNul(value, '')
  if (path === undefined) return
  throw new HubError('invalid_input', `${what} holds a NUL character: ${path === '' ? 'it is its text' : path}.`, {
    advice: 'Leave the character out (in JSON it is written as \\u0000).',
    fields: [{ path: path || '/', message: 'holds a NUL character' }],
  })
}

const pathOfNul = (value: unknown, path: string): string | undefined => {
  if (typeof value === 'string') return value.includes('\0') ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    if (name.includes('\0')) return path === '' ? '/' : path
    const found = pathOfNul(inner, `${path}/${name}`)
    if (found !== undefined) return found
  }
  return undefined
}
