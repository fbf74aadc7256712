import { isNode, onlyHas, type Node } from './ast.ts'
import type { Bound } from './expression.ts'
import { truthy } from './truth.ts'

/** What a shortcut gives where only JSONata knows: a list before a path's end, a function of JSONata's. */
const unclear = Symbol('unclear')

/** An expression that is worked out without JSONata, a hundred times faster, with the same outcome; or unclear. */
export type Shortcut = (root: unknown, bound: Bound) => unknown

/**
 * The short way of an expression that is a path (`data.user.id`, `$account.key`), a literal, a call of a function that
 * is bound (`$find('people', $query.id)`), or a choice between such (`$a ? $b : null`); null for everything else.
 */
const shortcutOf = (node: unknown): Shortcut | null => {
  const path = plainPathOf(node)
  if (path) return (root, bound) => walk(path, root, bound)
  if (!isNode(node)) return null
  if (isLiteral(node)) return () => node.value
  if (node.type === 'function') return callOf(node)
  return node.type === 'condition' ? choiceOf(node) : null
}

/** An expression that goes the short way where it has one, and where that is clear; else the long one. */
export const shortened = (ast: unknown, long: Shortcut): Shortcut => {
  const short = shortcutOf(ast)
  if (!short) return long
  return (root, bound) => {
    const value = short(root, bound)
    return value === unclear ? long(root, bound) : value
  }
}

const isLiteral = (node: Node): boolean =>
  (node.type === 'string' || node.type === 'number' || node.type === 'value') &&
  onlyHas(node, ['type', 'value', 'position'])

/** Nothing that is picked out of what the function gives, nor made of it. */
const callParts = ['type', 'value', 'position', 'procedure', 'arguments']

const callOf = (node: Node): Shortcut | null => {
  const { procedure, arguments: given } = node
  if (!onlyHas(node, callParts) || !isNode(procedure) || !isVariable(procedure) || !Array.isArray(given)) return null
  const name = procedure.value
  const args = given.flatMap((one) => shortcutOf(one) ?? [])
  if (args.length < given.length) return null
  return (root, bound) => {
    const perform = bound[name]
    if (typeof perform !== 'function') return unclear
    const values = args.map((one) => one(root, bound))
    if (values.includes(unclear)) return unclear
    const answer: unknown = Reflect.apply(perform, undefined, values)
    return answer
  }
}

const choiceOf = (node: Node): Shortcut | null => {
  const { condition, then, else: otherwise } = node
  if (!onlyHas(node, ['type', 'position', 'condition', 'then', 'else'])) return null
  const [when, one, other] = [condition, then, otherwise].map(shortcutOf)
  if (!when || !one || !other) return null
  return (root, bound) => {
    const held = when(root, bound)
    if (held === unclear || typeof held === 'function' || Array.isArray(held)) return unclear
    return truthy(held) ? one(root, bound) : other(root, bound)
  }
}

export interface PlainPath {
  /** Name of the variable it starts from; null: the root. */
  readonly variable: string | null
  readonly names: readonly string[]
}

/** The path that an expression is, when it is nothing more; null for everything else. */
export const plainPathOf = (node: unknown): PlainPath | null => {
  if (!isNode(node)) return null
  if (isVariable(node)) return { variable: node.value === '' ? null : node.value, names: [] }
  if (node.type !== 'path' || !onlyHas(node, ['type', 'steps']) || !Array.isArray(node.steps)) return null
  const steps: unknown[] = node.steps
  const first = steps[0]
  const variable = isNode(first) && isVariable(first) ? first.value : null
  const names: string[] = []
  for (const step of variable === null ? steps : steps.slice(1)) {
    if (
      !isNode(step) ||
      step.type !== 'name' ||
      typeof step.value !== 'string' ||
      !onlyHas(step, ['type', 'value', 'position'])
    )
      return null
    names.push(step.value)
  }
  return { variable: variable || null, names }
}

/** The value at the path, undefined where there is none, {@link unclear} where a list is in the way. */
const walk = (path: PlainPath, root: unknown, bound: Bound): unknown => {
  let value = path.variable === null ? root : bound[path.variable]
  for (const name of path.names) {
    if (Array.isArray(value)) return unclear
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}

/** Whether the answer lacks the path altogether: not null and not an empty list, but a name that is not there. */
export const isAbsent = (path: PlainPath, root: unknown, bound: Bound): boolean => {
  let value = path.variable === null ? root : bound[path.variable]
  for (const name of path.names) {
    if (value === null || Array.isArray(value)) return false
    if (typeof value !== 'object' || !Object.hasOwn(value, name)) return true
    value = Reflect.get(value, name)
  }
  return value === undefined
}

const isVariable = (node: Node): node is { type: 'variable'; value: string } =>
  node.type === 'variable' &&
  typeof node.value === 'string' &&
  node.value !== '$' &&
  // What every object has by birth is no variable.
  !(node.value in Object.prototype) &&
  onlyHas(node, ['type', 'value', 'position'])
