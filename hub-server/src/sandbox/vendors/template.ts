import { compileValue, isExpression, type Dialect, type Render } from '../../connectors/compiled/template.ts'
import { asList } from '../../connectors/expressions/truth.ts'
import { HubError } from '../../contracts/errors.ts'
import { evaluatorOf, within, type Scope } from './expression.ts'

/** Gives the value of a compiled template. */
export type Template = (scope: Scope) => Promise<unknown>

/**
 * Compiles a literal with expressions in it: a string that begins with "=" is JSONata, all else stands for itself.
 * A list takes the entries of a list in it: `[ =… ]` is a list also of one and of none. A key whose expression gives
 * nothing is left out. A map with `=each` is a list, see {@link eachOf}.
 * @throws HubError invalid_input naming the place of what cannot be read
 */
export const template = (content: unknown, what: string): Template => {
  const render = renderOf(content, [what])
  return async (scope) => render(undefined, scope)
}

type Path = readonly (string | number)[]

const placeOf = (path: Path): string => path.join('/')

const renderOf = (content: unknown, path: Path): Render =>
  compileValue(content, path, (source, at) => evaluatorOf(source, placeOf(at)), dialect)

/** `{=each: =$list, as: one, let: {…}, make: …}`: what `make` gives for each entry of a list. */
const eachOf = (part: object, path: Path): Render | undefined => {
  if (!('=each' in part)) return undefined
  const { '=each': list, as = 'one', let: own = {}, make } = { as: undefined, let: undefined, make: undefined, ...part }
  if (!isExpression(list)) throw new HubError('invalid_input', `${placeOf(path)}/=each must be JSONata.`)
  const entries = renderOf(list, [...path, '=each'])
  const variables = Object.entries(Object(own)).map(
    ([name, value]) => [name, renderOf(value, [...path, 'let', name])] as const,
  )
  const result = renderOf(make, [...path, 'make'])
  return async (root, scope) => {
    const made: unknown[] = []
    for (const entry of asList(await entries(root, scope))) {
      const inner = within(scope, { [String(as)]: entry })
      for (const [name, value] of variables) inner[name] = await value(root, inner)
      made.push(await result(root, inner))
    }
    return made
  }
}

/** Answers keep records, so what they do is done in its order. */
const dialect: Dialect = { inOrder: true, spread: true, special: eachOf }
