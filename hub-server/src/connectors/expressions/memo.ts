import { isNode, onlyHas } from './ast.ts'

/**
 * JSONata's functions that give the same for the same arguments, with the number of arguments that keeps them from
 * reading their context.
 */
const pure: Readonly<Record<string, number>> = {
  boolean: 1,
  contains: 2,
  exists: 1,
  length: 1,
  lowercase: 1,
  not: 1,
  number: 1,
  string: 1,
  substringAfter: 2,
  substringBefore: 2,
  table: 2,
  trim: 1,
  uppercase: 1,
}

/** More would not be repeated often, and would only fill memory. */
const mostKept = 256
const longest = 100

/**
 * The names of the root that an expression depends on, where it depends on nothing else and gives the same for the same
 * values (`status = 'unknown' ? 0 : 1`); null where that is not certain.
 */
const dependenciesOf = (ast: unknown): string[] | null => {
  const names = new Set<string>()
  const isPlain = (node: unknown): boolean => {
    if (!isNode(node)) return false
    switch (node.type) {
      case 'string':
      case 'number':
      case 'value':
        return true
      case 'path':
        return onlyHas(node, ['type', 'steps', 'position']) && Array.isArray(node.steps) && node.steps.every(isStep)
      case 'condition':
        return isPlain(node.condition) && isPlain(node.then) && (node.else === undefined || isPlain(node.else))
      case 'binary':
        return isPlain(node.lhs) && isPlain(node.rhs)
      case 'unary':
        return node.value === '[' && Array.isArray(node.expressions) && node.expressions.every(isPlain)
      case 'function':
        return (
          isNode(node.procedure) &&
          node.procedure.type === 'variable' &&
          Array.isArray(node.arguments) &&
          node.arguments.length === pure[String(node.procedure.value)] &&
          node.arguments.every(isPlain)
        )
      default:
        return false
    }
  }
  // Names inside a path belong to what its first name holds: counted as the root's too, which only asks for more.
  const isStep = (step: unknown): boolean => {
    if (
      !isNode(step) ||
      step.type !== 'name' ||
      typeof step.value !== 'string' ||
      !onlyHas(step, ['type', 'value', 'position', 'stages'])
    )
      return false
    names.add(step.value)
    return (
      step.stages === undefined ||
      (Array.isArray(step.stages) &&
        step.stages.every((stage) => isNode(stage) && stage.type === 'filter' && isPlain(stage.expr)))
    )
  }
  return isPlain(ast) ? [...names] : null
}

/**
 * What an expression gave before for the same values: an answer's few words come again and again, and JSONata takes
 * some fifty times longer than looking them up. Null where an expression cannot be remembered.
 */
export const memoOf = (
  ast: unknown,
): {
  keyOf: (root: unknown) => string | null
  kept: Map<string, unknown>
  keep: (key: string, value: unknown) => void
} | null => {
  const names = dependenciesOf(ast)
  if (!names) return null
  const kept = new Map<string, unknown>()
  return {
    kept,
    /** Null where a value is not a short text, a number, true, false or null. */
    keyOf: (root) => {
      if (typeof root !== 'object' || root === null || Array.isArray(root)) return null
      let key = ''
      for (const name of names) {
        const value: unknown = Object.hasOwn(root, name) ? Reflect.get(root, name) : undefined
        if ((typeof value === 'object' && value !== null) || (typeof value === 'string' && value.length > longest))
          return null
        key += `${typeof value}:${String(value)}\n`
      }
      return key
    },
    keep: (key, value) => {
      if (typeof value === 'object' && value !== null) return
      if (kept.size >= mostKept) kept.clear()
      kept.set(key, value)
    },
  }
}
