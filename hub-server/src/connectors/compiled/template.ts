import { HubError } from '../../contracts/errors.ts'
import type { Bound, Expression } from '../expressions/expression.ts'

/** A value of the manifest, ready to be filled in. May give a promise. */
export type Render = (root: unknown, bound: Bound) => unknown

/** Compiles one expression, given without its "="; problems go to whoever loads. */
export type CompileExpression = (source: string, path: readonly (string | number)[]) => Expression

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise

/** Goes on at once where it can: rendering is mostly synchronous. */
const goOn = <In, Out>(value: In | Promise<In>, go: (value: In) => Out): Out | Promise<Out> =>
  value instanceof Promise ? value.then(go) : go(value)

/** How a file's values are read where it differs from a connector.yaml. */
export interface Dialect {
  /** One expression after the other, as they stand: for those that change something. */
  readonly inOrder?: boolean
  /** A list takes the entries of a list in it: `[ =… ]` is a list also of one and of none. */
  readonly spread?: boolean
  /** A map that stands for something else. */
  readonly special?: (map: object, path: readonly (string | number)[]) => Render | undefined
}

export const isExpression = (value: unknown): value is string => typeof value === 'string' && value.startsWith('=')

/**
 * A value of the manifest as a function: strings that begin with "=" become expressions, wherever they stand in maps
 * and lists; what comes out undefined is left out of maps and lists.
 */
export const compileValue = (
  value: unknown,
  path: readonly (string | number)[],
  compile: CompileExpression,
  dialect: Dialect = {},
): Render => {
  const inner = (part: unknown, name: string | number): Render => compileValue(part, [...path, name], compile, dialect)
  if (isExpression(value)) {
    const expression = compile(value.slice(1), path)
    return (root, bound) => expression.evaluate(root, bound)
  }
  if (Array.isArray(value)) {
    const parts = value.map(inner)
    const isSpread = value.map((part) => dialect.spread === true && isExpression(part))
    return (root, bound) =>
      goOn(renderAll(parts, root, bound, dialect), (made) =>
        made.flatMap((one, at) => entriesOf(one, isSpread[at] === true)),
      )
  }
  if (typeof value === 'object' && value !== null) {
    const special = dialect.special?.(value, path)
    if (special) return special
    const names = Object.keys(value)
    const parts = Object.entries(value).map(([name, part]) => inner(part, name))
    return (root, bound) => goOn(renderAll(parts, root, bound, dialect), (made) => mapOf(names, made))
  }
  return () => value
}

const entriesOf = (value: unknown, isSpread: boolean): unknown[] => {
  if (value === undefined) return []
  return isSpread && Array.isArray(value) ? value : [value]
}

const mapOf = (names: readonly string[], made: readonly unknown[]): Record<string, unknown> => {
  const map: Record<string, unknown> = {}
  for (const [at, name] of names.entries()) if (made[at] !== undefined) map[name] = made[at]
  return map
}

/** What the parts give, at once where they can. */
const renderAll = (
  parts: readonly Render[],
  root: unknown,
  bound: Bound,
  { inOrder }: Dialect,
): unknown[] | Promise<unknown[]> => {
  if (inOrder) return renderFrom(parts, root, bound, [])
  const made = parts.map((part) => part(root, bound))
  return made.some(isPromise) ? Promise.all(made) : made
}

/** One after the other: none is begun before the one before has ended. */
const renderFrom = (
  parts: readonly Render[],
  root: unknown,
  bound: Bound,
  made: unknown[],
): unknown[] | Promise<unknown[]> => {
  for (const part of parts.slice(made.length)) {
    const value = part(root, bound)
    if (isPromise(value)) return value.then((one) => renderFrom(parts, root, bound, [...made, one]))
    made.push(value)
  }
  return made
}

/** The literal and {expression} pieces of an address; a piece may hold braces and quoted text of its own. */
export const piecesOf = (text: string): { literal: string; expression?: string; at: number }[] | null => {
  const pieces: { literal: string; expression?: string; at: number }[] = []
  let literal = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '{') {
      literal += text[at]
      continue
    }
    const end = endOfPiece(text, at)
    if (end < 0) return null
    pieces.push({ literal, expression: text.slice(at + 1, end), at: at + 1 })
    literal = ''
    at = end
  }
  return [...pieces, { literal, at: text.length }]
}

const endOfPiece = (text: string, start: number): number => {
  let depth = 0
  let quote = ''
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quote) quote = char === quote ? '' : quote
    else if (char === '"' || char === "'" || char === '`') quote = char
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at
  }
  return -1
}

/**
 * An address with pieces as a function that gives it filled in, each piece percent-encoded; or one whole expression.
 * @throws from the function: HubError invalid_input when a piece has no value (a path without its id means something
 * else)
 */
export const compileAddress = (
  text: string,
  path: readonly (string | number)[],
  compile: CompileExpression,
): ((root: unknown, bound: Bound) => string | Promise<string>) => {
  if (text.startsWith('=')) {
    const expression = compile(text.slice(1), path)
    return (root, bound) =>
      goOn(expression.evaluate(root, bound), (value) => {
        if (typeof value === 'string' && value !== '') return value
        throw new HubError('invalid_input', `The address ${text} has no value.`)
      })
  }
  const pieces = piecesOf(text) ?? [{ literal: text, at: 0 }]
  if (pieces.every((piece) => piece.expression === undefined)) return () => text
  const parts = pieces.map((piece) => ({
    literal: piece.literal,
    name: piece.expression,
    expression: piece.expression === undefined ? undefined : compile(piece.expression, path),
  }))
  const join = (values: unknown[]): string =>
    parts
      .map((part, position) => part.literal + (part.expression ? encoded(values[position], part.name ?? '', text) : ''))
      .join('')
  return (root, bound) => {
    const values = parts.map((part) => part.expression?.evaluate(root, bound))
    return values.some(isPromise) ? Promise.all(values).then(join) : join(values)
  }
}

const encoded = (value: unknown, name: string, text: string): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    // "." and ".." stay as they are in percent-encoding, and would climb in the path.
    if (/^\.{1,2}$/.test(String(value)))
      throw new HubError('invalid_input', `{${name}} in ${text} may not be "${String(value)}".`)
    return encodeURIComponent(value)
  }
  throw new HubError('invalid_input', `{${name}} in ${text} has no value.`)
}
