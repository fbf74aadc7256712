import type { Evaluator } from './expression.ts'
import { expressionFailure } from './failure.ts'
import { memoOf } from './memo.ts'
import { messageOf } from './messageOf.ts'
import { helpersFor } from './helpers.ts'
import { notPlain, plainPathOf, walk } from './simplePath.ts'
import { parse } from './syntax.ts'

/** For connectors that come with the hub: compiled once, run here. */
export const inProcess: Evaluator = {
  compile: (source, place, lexicon) => {
    const compiled = parse(source)
    for (const [name, helper] of Object.entries(helpersFor(lexicon))) compiled.registerFunction(name, helper)
    const path = plainPathOf(compiled.ast())
    const memo = path ? null : memoOf(compiled.ast())
    const full = async (root: unknown, bound: Record<string, unknown>): Promise<unknown> => {
      try {
        const value: unknown = await compiled.evaluate(root, bound)
        return value
      } catch (thrown) {
        throw expressionFailure(place, source, `failed: ${messageOf(thrown)}`, thrown)
      }
    }
    return {
      source,
      path,
      evaluate: (root, bound) => {
        if (path) {
          const value = walk(path, root, bound)
          if (value !== notPlain) return value
        }
        const key = memo?.keyOf(root)
        if (!memo || typeof key !== 'string') return full(root, bound)
        if (memo.kept.has(key)) return memo.kept.get(key)
        return full(root, bound).then((value) => {
          memo.keep(key, value)
          return value
        })
      },
    }
  },
}
