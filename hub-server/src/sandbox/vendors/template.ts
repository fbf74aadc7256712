import { HubError } from '../../contracts/errors.ts'
import { expression, within, type Expression, type Scope } from './expression.ts'

/** Gives the value of a compiled template. */
export type Template = (scope: Scope) => Promise<unknown>

type Build = (values: readonly unknown[]) => unknown

export const isExpression = (value: unknown): value is string => typeof value === 'string' && value.startsWith('=')

/** What an expression gave, as a list: nothing is none, and what is no list is the only one. */
const entriesOf = (value: unknown): unknown[] => {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** `{=each: =$list, as: one, let: {…}, make: …}`: what `make` gives for each entry of a list. */
const eachOf = (part: object, place: string): Expression | undefined => {
  if (!('=each' in part)) return undefined
  const { '=each': list, as = 'one', let: own = {}, make } = { as: undefined, let: undefined, make: undefined, ...part }
  if (!isExpression(list)) throw new HubError('invalid_input', `${place}/=each must be JSONata.`)
  const entries = expression(list.slice(1), `${place}/=each`)
  const variables = Object.entries(Object(own)).map(
    ([name, value]) => [name, template(value, `${place}/let/${name}`)] as const,
  )
  const result = template(make, `${place}/make`)
  return async (scope) => {
    const made: unknown[] = []
    for (const entry of entriesOf(await entries(scope))) {
      const inner = within(scope, { [String(as)]: entry })
      for (const [name, value] of variables) inner[name] = await value(inner)
      made.push(await result(inner))
    }
    return made
  }
}

/**
 * Compiles a literal with expressions in it: a string that begins with "=" is JSONata, all else stands for itself.
 * A list takes the entries of a list in it: `[ =… ]` is a list also of one and of none. A key whose expression gives
 * nothing is left out. A map with `=each` is a list, see {@link eachOf}.
 * @throws HubError invalid_input naming the place of what cannot be read
 */
export const template = (content: unknown, what: string): Template => {
  const slots: Expression[] = []

  const slot = (source: string, place: string): Build => {
    const number = slots.push(expression(source, place)) - 1
    return (values) => values[number]
  }

  const compile = (part: unknown, place: string): Build => {
    if (isExpression(part)) return slot(part.slice(1), place)
    if (Array.isArray(part)) {
      const entries = part.map((entry: unknown, at) => ({
        open: isExpression(entry),
        build: compile(entry, `${place}/${at}`),
      }))
      return (values) =>
        entries.flatMap(({ open, build }) => {
          const value = build(values)
          return open ? entriesOf(value) : [value]
        })
    }
    if (part !== null && typeof part === 'object') {
      const each = eachOf(part, place)
      if (each) {
        const number = slots.push(each) - 1
        return (values) => values[number]
      }
      const entries = Object.entries(part).map(([key, value]) => [key, compile(value, `${place}/${key}`)] as const)
      return (values) => {
        const built: Record<string, unknown> = {}
        for (const [key, build] of entries) {
          const value = build(values)
          if (value !== undefined) built[key] = value
        }
        return built
      }
    }
    return () => part
  }

  const build = compile(content, what)
  return async (scope) => {
    const values: unknown[] = []
    for (const each of slots) {
      const value = each(scope)
      values.push(value instanceof Promise ? await value : value)
    }
    return build(values)
  }
}
