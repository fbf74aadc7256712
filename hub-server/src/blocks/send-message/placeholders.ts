import { HubError } from '../../contracts/errors.ts'

/** A field of the lead in a text, and what stands there for who has none. */
export interface Placeholder {
  readonly path: string
  readonly substitute?: string
}

/** A text in its pieces, or the piece that is no placeholder though it begins like one. */
export type Parsed = { readonly parts: readonly (string | Placeholder)[] } | { readonly broken: string }

/**
 * Square brackets, because n8n's editor makes an expression of its own of every text that holds both `{{` and `}}`
 * (shouldConvertToExpression in its expressions.ts), in which {{firstName|there}} is a sum of bits: 0. Braces are still
 * read: texts that were saved before have them.
 */
const placeholder = /\[\[([^[\]]*)\]\]|\{\{([^{}]*)\}\}/g
const name = /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$/u

/** Reads [[field]] and [[field|substitute]] in a text. */
export const parse = (text: string): Parsed => {
  const parts: (string | Placeholder)[] = []
  let end = 0
  for (const found of text.matchAll(placeholder)) {
    const read = placeholderIn(found[1] ?? found[2] ?? '')
    if (!read) return { broken: found[0] }
    parts.push(text.slice(end, found.index), read)
    end = found.index + found[0].length
  }
  parts.push(text.slice(end))
  const open = parts.flatMap((part) =>
    typeof part === 'string' ? (/(?:\[\[|\{\{)[^\n]{0,40}/.exec(part) ?? []) : [],
  )[0]
  return open === undefined ? { parts } : { broken: open }
}

const placeholderIn = (content: string): Placeholder | undefined => {
  const bar = content.indexOf('|')
  const path = (bar < 0 ? content : content.slice(0, bar)).trim()
  if (!name.test(path)) return undefined
  return bar < 0 ? { path } : { path, substitute: content.slice(bar + 1).trim() }
}

/**
 * Nothing is sent with a hole in it.
 * @param texts an option's name, what a person calls it, and its text
 * @throws HubError invalid_input for a placeholder that is open or empty
 */
export const refuseBroken = (texts: readonly (readonly [option: string, title: string, text: string])[]): void => {
  const wrong = texts.flatMap(([option, title, text]) => {
    const parsed = parse(text)
    return 'broken' in parsed ? [{ option, title, broken: parsed.broken }] : []
  })
  const [first] = wrong
  if (!first) return
  throw new HubError(
    'invalid_input',
    `“${first.title}” has a placeholder that is open or names no field: “${first.broken}”. Nothing was sent.`,
    {
      advice: 'Write [[firstName]], or [[firstName|there]] with what stands there for a lead that has none.',
      fields: wrong.map(({ option, broken }) => ({
        path: `/${option}`,
        message: `has “${broken}”, which is no placeholder`,
      })),
    },
  )
}
