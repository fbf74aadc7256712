import type { Block } from '../block.ts'
import { contract } from './contract.ts'
import { scoreOf } from './score.ts'

export const block: Block<typeof contract> = {
  contract,
  chunk: 500,
  run: async (items, { rules, hot, warm }) =>
    items.map(({ index, value }) => {
      const { score, reasons } = scoreOf(value, rules)
      const grade = score >= hot ? 'hot' : score >= warm ? 'warm' : 'cold'
      return { item: index, status: 'done', outputs: [{ ...value, score, grade, reasons }] }
    }),
}
