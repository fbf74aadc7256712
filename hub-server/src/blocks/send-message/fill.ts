import { isKnown, isRecord, valueAt } from '../fields.ts'
import { parse, type Placeholder } from './placeholders.ts'

/** A filled text, or why it cannot be filled: a sentence. */
export type Filled = { readonly text: string } | { readonly missing: readonly string[] } | { readonly problem: string }

/**
 * A text with the lead's fields in place of [[field]] and [[field|substitute]].
 * @param escape what makes a value safe where it is put
 * @returns the text, the names of fields that the lead lacks, or what else keeps it from being sent
 */
export const fill = (
  text: string,
  item: Record<string, unknown>,
  escape: (value: string) => string = (value) => value,
): Filled => {
  const parsed = parse(text)
  if ('broken' in parsed) return { problem: `The message has “${parsed.broken}”, which is no placeholder.` }
  const missing: string[] = []
  const pieces: string[] = []
  for (const part of parsed.parts) {
    if (typeof part === 'string') {
      pieces.push(part)
      continue
    }
    const value = valueAt(item, part.path)
    if (isGroup(value)) return { problem: groupProblem(part) }
    const written = wordsOf(value) ?? part.substitute
    if (written === undefined) missing.push(part.path)
    else pieces.push(escape(written))
  }
  if (missing.length > 0) return { missing }
  const filled = pieces.join('')
  const leftover = /\[object \w+\]|\bundefined\b/.exec(filled)?.[0]
  return leftover ? { problem: `The message has “${leftover}” where a value should stand.` } : { text: filled }
}

/** Text for a person; none where there is no value, or a program's word for none has slipped in. */
const wordsOf = (value: unknown): string | undefined => {
  if (!isKnown(value)) return undefined
  const words = Array.isArray(value) ? value.join(', ') : String(value)
  return /^(?:undefined|null|NaN|\[object \w+\])?$/.test(words.trim()) ? undefined : words
}

const isGroup = (value: unknown): boolean =>
  isRecord(value) || (Array.isArray(value) && value.some((one) => typeof one === 'object' && one !== null))

const groupProblem = ({ path }: Placeholder): string =>
  `The lead’s ${path} is several fields and not a text: name one of them, such as [[${path}.name]].`

/** A header holds one line: a value with a break would begin another header. */
export const oneLine = (value: string): string => value.replace(/\s+/g, ' ').trim()
