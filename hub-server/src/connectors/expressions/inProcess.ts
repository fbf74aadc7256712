import type jsonata from 'jsonata'
import type { Bound, Evaluator } from './expression.ts'
import { expressionFailure } from './failure.ts'
import { memoOf } from './memo.ts'
import { messageOf } from '../../fence/index.ts'
import { helpersFor } from './helpers.ts'
import { plainPathOf, shortened } from './shortcut.ts'
import { parse } from './syntax.ts'

/**
 * For connectors that come with the hub: read at once, so that mistakes show; kept ready from their first use on, and
 * run here.
 */
export const inProcess: Evaluator = {
  compile: (source, place, lexicon) => {
    // @throws ExpressionSyntaxError with the position
    const ast = parse(source).ast()
    const path = plainPathOf(ast)
    const memo = path ? null : memoOf(ast)
    // Most expressions of most connectors are never used: only their text is kept.
    let ready: jsonata.Expression | undefined
    const compiled = (): jsonata.Expression => {
      if (ready) return ready
      ready = parse(source)
      for (const [name, helper] of Object.entries(helpersFor(lexicon))) ready.registerFunction(name, helper)
      return ready
    }
    const full = async (root: unknown, bound: Bound): Promise<unknown> => {
      try {
        const value: unknown = await compiled().evaluate(root, bound)
        return value
      } catch (thrown) {
        throw expressionFailure(place, source, `failed: ${messageOf(thrown)}`, thrown)
      }
    }
    const remembered = (root: unknown, bound: Bound): unknown => {
      const key = memo?.keyOf(root)
      if (!memo || typeof key !== 'string') return full(root, bound)
      if (memo.kept.has(key)) return memo.kept.get(key)
      return full(root, bound).then((value) => {
        memo.keep(key, value)
        return value
      })
    }
    return { source, path, evaluate: shortened(ast, remembered) }
  },
}
