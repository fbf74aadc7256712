import type { Result } from '../../contracts/result.ts'
import { createYielding } from '../../contracts/yielding.ts'
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
  run: async (items, { rules, hot, warm }, { now }) => {
    const due = createYielding()
    const results: Result[] = []
    for (const { index, value } of items) {
      const { score, reasons } = await scoreOf(value, rules, due)
      const said = { source: contract.id, at: now().toISOString() }
      const scored = { ...value, score, grade: gradeOf(score, hot, warm), reasons }
      results.push({ item: index, status: 'done', outputs: [observe(scored, said, { score }, certain)] })
    }
    return results
  },
}
