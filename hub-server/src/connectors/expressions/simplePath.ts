import { isNode, onlyHas, type Node } from './ast.ts'
import type { Bound } from './expression.ts'

/** What a plain path met that only JSONata knows how to go through: a list before its end. */
export const notPlain = Symbol('not plain')

export interface PlainPath {
  /** Name of the variable it starts from; null: the root. */
  readonly variable: string | null
  readonly names: readonly string[]
}

/**
 * The path that an expression is, when it is nothing more (`email`, `data.user.id`, `$account.key`): read without
 * JSONata, a hundred times faster, with the same outcome. Null for everything else.
 */
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

/** The value at the path, undefined where there is none, {@link notPlain} where a list is in the way. */
export const walk = (path: PlainPath, root: unknown, bound: Bound): unknown => {
  let value = path.variable === null ? root : bound[path.variable]
  for (const name of path.names) {
    if (Array.isArray(value)) return notPlain
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
  onlyHas(node, ['type', 'value', 'position'])
