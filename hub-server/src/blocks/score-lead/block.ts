import { mapInTurns } from '../../compliance/inTurns.ts'
import type { Result } from '../../contracts/result.ts'
import type { Block } from '../block.ts'
import { observe } from '../observations.ts'
import { contract } from './contract.ts'
import { scoreOf } from './score.ts'

/** By its rules a score is what it is; the next one is newer. */
const certain = 1

const gradeOf = (score: number, hot: number, warm: number): 'hot' | 'warm' | 'cold' => {
  if (score >= hot) return 'hot'
  return score >= warm ? 'warm' : 'cold'
}

export const block: Block<typeof contract> = {
  contract,
  chunk: 500,
  run: async (items, { rules, hot, warm }, { now }) =>
    mapInTurns(items, ({ index, value }): Result => {
      const { score, reasons } = scoreOf(value, rules)
      const grade = gradeOf(score, hot, warm)
      return {
        item: index,
        status: 'done',
        outputs: [
          observe(
            { ...value, score, grade, reasons },
            { source: contract.id, at: now().toISOString() },
            { score },
            certain,
          ),
        ],
      }
    }),
}
