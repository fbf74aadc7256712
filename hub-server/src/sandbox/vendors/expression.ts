import jsonata from 'jsonata'
import { HubError } from '../../contracts/errors.ts'

/** The variables of an expression, without the dollar sign; those of a scope around it are inherited. */
export type Scope = Readonly<Record<string, unknown>>

/** A scope within another one: copying dozens of variables for each request would cost more than using them. */
export const within = (around: Scope | null, variables: Scope): Record<string, unknown> =>
  Object.assign(Object.create(around), variables)

/** Gives a value, or a promise of one where JSONata had to work. */
export type Expression = (scope: Scope) => unknown

/** What the short ways below give when JSONata must decide. */
const unclear = Symbol('unclear')

const valueAt = (scope: Scope, path: readonly string[]): unknown => {
  let value: unknown = scope
  for (const name of path) {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'object' || Array.isArray(value)) return unclear
    value = value === scope || Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
  }
  return value
}

type Simple = (scope: Scope) => unknown

const pathOf = (source: string): string[] | undefined =>
  /^\s*\$[A-Za-z]\w*(\.[A-Za-z_]\w*)*\s*$/.test(source) ? source.trim().slice(1).split('.') : undefined

const constants: Readonly<Record<string, unknown>> = { null: null, true: true, false: false }

/** Of 'text', 1, null, true, false; undefined for all else. */
const constantOf = (source: string): unknown => {
  const [, text, number, word] = /^\s*(?:'([^'\\]*)'|(\d+)|(null|true|false))\s*$/.exec(source) ?? []
  if (number !== undefined) return Number(number)
  return word === undefined ? text : constants[word]
}

/** `$a.b`, 'text', 1, null, true, false: what is worked out without JSONata, which is most of a vendor's answer. */
const simple = (source: string): Simple | undefined => {
  const steps = pathOf(source)
  if (steps) return (scope) => valueAt(scope, steps)
  const value = constantOf(source)
  return value === undefined ? undefined : () => value
}

const path = (source: string): Simple | undefined => (pathOf(source) ? simple(source) : undefined)

/** `$f($a.b, 'text', 1)` of our own functions. */
const call = (source: string): Simple | undefined => {
  const [, name, list = ''] = /^\s*\$([A-Za-z]\w*)\(([^()[\]{}]*)\)\s*$/.exec(source) ?? []
  if (name === undefined) return undefined
  const args = list
    .split(',')
    .filter((each) => each.trim() !== '')
    .flatMap((each) => simple(each) ?? [])
  if (args.length !== list.split(',').filter((each) => each.trim() !== '').length) return undefined
  return (scope) => {
    const perform = scope[name]
    const values = args.map((each) => each(scope))
    if (typeof perform !== 'function' || values.includes(unclear)) return unclear
    const answer: unknown = Reflect.apply(perform, undefined, values)
    return answer
  }
}

/** `$a.b ? $c : null`, with JSONata's idea of truth. */
const choice = (source: string): Simple | undefined => {
  const [when, then, otherwise] = (/^([^?:'(){}[\]]+)\?([^?:]+):([^?:]+)$/.exec(source)?.slice(1) ?? []).map(simple)
  if (!when || !then || !otherwise) return undefined
  return (scope) => {
    const held = when(scope)
    if (held === unclear || typeof held === 'function' || Array.isArray(held)) return unclear
    const holds = held !== null && typeof held === 'object' ? Object.keys(held).length > 0 : Boolean(held)
    return holds ? then(scope) : otherwise(scope)
  }
}

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
  let compiled: jsonata.Expression
  try {
    compiled = jsonata(source)
  } catch (thrown) {
    throw new HubError('invalid_input', `${what} is no JSONata: ${complaint(thrown)}`, { cause: thrown })
  }
  const names = namesIn(source)
  const evaluate = async (scope: Scope): Promise<unknown> => {
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
  const short = path(source) ?? call(source) ?? choice(source)
  if (!short) return evaluate
  return (scope) => {
    const value = short(scope)
    return value === unclear ? evaluate(scope) : value
  }
}
