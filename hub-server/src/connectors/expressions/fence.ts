import { fence, FenceError, task, type Fence } from '../../fence/index.ts'
import type { Bound, Evaluator } from './expression.ts'
import { expressionFailure } from './failure.ts'
import { plainPathOf, shortened } from './shortcut.ts'
import { parse } from './syntax.ts'

const evaluate = task<typeof import('./fenced.ts').evaluate>({
  from: import.meta.url,
  file: './fenced',
  name: 'evaluate',
  cpuMs: 500,
})

/** For connectors of users: their expressions run behind the fence. */
export const fencedEvaluator = (within: Fence = fence): Evaluator => ({
  compile: (source, place, lexicon) => {
    // What has a short way is no program: it is gone here.
    const ast = parse(source).ast()
    const fenced = async (root: unknown, bound: Bound): Promise<unknown> => {
      try {
        return await within.run(evaluate, { source, lexicon, root, bound })
      } catch (thrown) {
        if (thrown instanceof FenceError) throw expressionFailure(place, source, thrown.message, thrown)
        throw thrown
      }
    }
    return { source, path: plainPathOf(ast), evaluate: shortened(ast, fenced) }
  },
})
