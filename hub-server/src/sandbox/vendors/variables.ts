import { uses, within, type Scope } from './expression.ts'
import { template, type Template } from './template.ts'

/** What differs from request to request, or must not be remembered: a variable that uses none of it is made once. */
const ofRequest = [
  'query',
  'body',
  'params',
  'headers',
  'method',
  'path',
  'server',
  'key',
  'account',
  'rates',
  'retryAfter',
  'put',
  'find',
  'search',
  'since',
  'drop',
  'now',
  'millis',
]

interface Variable {
  readonly name: string
  readonly source: string
  readonly template: Template
}

const compileAll = (content: Readonly<Record<string, unknown>>, what: string): Variable[] =>
  Object.entries(content).map(([name, value]) => ({
    name,
    source: JSON.stringify(value),
    template: template(value, `${what}/${name}`),
  }))

const evaluated = async (variables: readonly Variable[], around: Scope | null, given: Scope): Promise<Scope> => {
  const scope = within(around, given)
  for (const variable of variables) scope[variable.name] = await variable.template(scope)
  return scope
}

/** A scope with a vendor's or route's own variables in it. */
export type Extend = (scope: Scope) => Promise<Scope>

/**
 * A vendor's variables, in two parts: those that are the same for every request (most of its functions), made once, and
 * the others. A variable may use those before it.
 */
export const vendorVariables = (content: Readonly<Record<string, unknown>>, what: string) => {
  const all = compileAll(content, what)
  const changing = new Set(ofRequest)
  for (const { name, source } of all) if ([...changing].some((other) => uses(source, other))) changing.add(name)
  const fixed = all.filter(({ name }) => !changing.has(name))
  const others = all.filter(({ name }) => changing.has(name))
  let made: Promise<Scope> | undefined

  return {
    /** The vendor's functions and its fixed variables. */
    base: (functions: Scope): Promise<Scope> => (made ??= evaluated(fixed, null, functions)),
    /** For a part of the description (as text): adds the changing variables that it uses, and its own. */
    extend(parts: string, own: Readonly<Record<string, unknown>>, place: string): Extend {
      let text = parts + JSON.stringify(own)
      const needed = [...others].reverse().filter(({ name, source }) => {
        const used = uses(text, name)
        if (used) text += source
        return used
      })
      const variables = [...needed.reverse(), ...compileAll(own, place)]
      return (scope) => evaluated(variables, scope, {})
    },
  }
}
export type VendorVariables = ReturnType<typeof vendorVariables>
