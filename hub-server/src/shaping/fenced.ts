// Runs expressions of users: called behind the fence (shape.ts), where it may be ended at any moment.
import jsonata from 'jsonata'
import { messageOf } from '../fence/index.ts'

/** What an expression gave for one input, or why it gave nothing. */
export type Shaped = { readonly value: unknown } | { readonly failed: string }

/** Compiled ones of this process; all are forgotten when there are so many. */
const compiled = new Map<string, jsonata.Expression>()
const mostCompiled = 500

const expressionFor = (source: string): jsonata.Expression => {
  const known = compiled.get(source)
  if (known) return known
  const fresh = jsonata(source)
  if (compiled.size >= mostCompiled) compiled.clear()
  compiled.set(source, fresh)
  return fresh
}

/** @returns what is wrong with the expression, and at which character; undefined where nothing is */
export const syntaxProblem = (source: string): { message: string; position?: number } | undefined => {
  try {
    expressionFor(source)
    return undefined
  } catch (thrown) {
    const position = thrown instanceof Object && 'position' in thrown ? thrown.position : undefined
    return { message: messageOf(thrown), ...(typeof position === 'number' && { position }) }
  }
}

export const shapeAll = async ({
  source,
  inputs,
}: {
  source: string
  inputs: readonly unknown[]
}): Promise<Shaped[]> => {
  const expression = expressionFor(source)
  const all: Shaped[] = []
  for (const input of inputs) all.push(await shapeOne(expression, input))
  return all
}

const shapeOne = async (expression: jsonata.Expression, input: unknown): Promise<Shaped> => {
  try {
    const value: unknown = await expression.evaluate(input)
    if (typeof value === 'function') return { failed: 'it gives a function, not a value' }
    return { value }
  } catch (thrown) {
    return { failed: messageOf(thrown) }
  }
}
