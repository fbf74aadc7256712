import { HubError } from '../../contracts/errors.ts'
import type { Bound, Expression } from '../expressions/expression.ts'

/** A value of the manifest, ready to be filled in. May give a promise. */
export type Render = (root: unknown, bound: Bound) => unknown

/** Compiles one expression, given without its "="; problems go to whoever loads. */
export type CompileExpression = (source: string, path: readonly (string | number)[]) => Expression

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise

/** Goes on at once where it can: rendering is mostly synchronous. */
const goOn = <Out>(value: unknown, go: (value: unknown) => Out): Out | Promise<Out> =>
  isPromise(value) ? value.then(go) : go(value)

/**
 * A value of the manifest as a function: strings that begin with "=" become expressions, wherever they stand in maps
 * and lists; what comes out undefined is left out of maps and lists.
 */
export const compileValue = (
  value: unknown,
  path: readonly (string | number)[],
  compile: CompileExpression,
): Render => {
  if (typeof value === 'string' && value.startsWith('=')) {
    const expression = compile(value.slice(1), path)
    return (root, bound) => expression.evaluate(root, bound)
  }
  if (Array.isArray(value)) {
    const parts = value.map((part, position) => compileValue(part, [...path, position], compile))
    return (root, bound) => {
      const rendered = parts.map((part) => part(root, bound))
      return all(rendered, (values) => values.filter((one) => one !== undefined))
    }
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, part]) => ({
      key,
      render: compileValue(part, [...path, key], compile),
    }))
    return (root, bound) => {
      const rendered = entries.map((entry) => entry.render(root, bound))
      return all(rendered, (values) => {
        const object: Record<string, unknown> = {}
        for (const [position, entry] of entries.entries())
          if (values[position] !== undefined) object[entry.key] = values[position]
        return object
      })
    }
  }
  return () => value
}

const all = (rendered: unknown[], go: (values: unknown[]) => unknown): unknown =>
  rendered.some(isPromise) ? Promise.all(rendered).then(go) : go(rendered)

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
