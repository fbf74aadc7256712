import type { Expression as Evaluated } from '../../connectors/expressions/expression.ts'
import { shortened } from '../../connectors/expressions/shortcut.ts'
import { parse } from '../../connectors/expressions/syntax.ts'
import { HubError } from '../../contracts/errors.ts'

/** The variables of an expression, without the dollar sign; those of a scope around it are inherited. */
export type Scope = Readonly<Record<string, unknown>>

/** A scope within another one: copying dozens of variables for each request would cost more than using them. */
export const within = (around: Scope | null, variables: Scope): Record<string, unknown> =>
  Object.assign(Object.create(around), variables)

/** Gives a value, or a promise of one where JSONata had to work. */
export type Expression = (scope: Scope) => unknown

const complaint = (thrown: unknown): string =>
  thrown && typeof thrown === 'object' && 'message' in thrown ? String(thrown.message) : String(thrown)

const namesIn = (source: string): string[] => [
  ...new Set([...source.matchAll(/\$([A-Za-z]\w*)/g)].map((found) => found[1] ?? '')),
]

/** Whether a source uses a variable. */
export const uses = (source: string, name: string): boolean => namesIn(source).includes(name)

/**
 * Compiles JSONata, without its leading "=".
 * @param what the place, for messages
 * @throws HubError invalid_input when it cannot be read; the expression throws bad_response when it fails at work
 */
export const expression = (source: string, what: string): Expression => {
  const { evaluate } = evaluatorOf(source, what)
  return (scope) => evaluate(undefined, scope)
}

/** The same, as templates want it. */
export const evaluatorOf = (source: string, what: string): Evaluated => {
  const compiled = parsed(source, what)
  const names = namesIn(source)
  const work = async (_root: unknown, scope: Scope): Promise<unknown> => {
    const bindings: Record<string, unknown> = {}
    // Those that it names: each binding costs. A variable that is not given may be a function of JSONata's.
    for (const name of names) if (name in scope) bindings[name] = scope[name]
    try {
      const value: unknown = await compiled.evaluate(undefined, bindings)
      return value
    } catch (thrown) {
      throw new HubError('bad_response', `${what} failed: ${complaint(thrown)}`, { cause: thrown })
    }
  }
  return { source, evaluate: shortened(compiled.ast(), work) }
}

const parsed = (source: string, what: string): ReturnType<typeof parse> => {
  try {
    return parse(source)
  } catch (thrown) {
    throw new HubError('invalid_input', `${what} is no JSONata: ${complaint(thrown)}`, { cause: thrown })
  }
}
