// Runs users' expressions: called behind the fence (fence.ts), where it may be ended at any moment.
import type jsonata from 'jsonata'
import type { Bound, Lexicon } from './expression.ts'
import { helpersFor } from './helpers.ts'
import { parse } from './syntax.ts'

export interface Evaluation {
  readonly source: string
  readonly lexicon: Lexicon
  readonly root: unknown
  readonly bound: Bound
}

/** Compiled ones of this process; all are forgotten when there are so many. */
const compiled = new Map<string, jsonata.Expression>()
const mostCompiled = 500

const expressionFor = ({ source, lexicon }: Evaluation): jsonata.Expression => {
  const key = JSON.stringify([source, lexicon])
  const known = compiled.get(key)
  if (known) return known
  const fresh = parse(source)
  for (const [name, helper] of Object.entries(helpersFor(lexicon))) fresh.registerFunction(name, helper)
  if (compiled.size >= mostCompiled) compiled.clear()
  compiled.set(key, fresh)
  return fresh
}

/** @throws what JSONata says is wrong */
export const evaluate = async (evaluation: Evaluation): Promise<unknown> => {
  const value: unknown = await expressionFor(evaluation).evaluate(evaluation.root, { ...evaluation.bound })
  if (typeof value === 'function') throw new Error('it gives a function, not a value')
  return value
}
