import { Type, type Static } from 'typebox'
import { Line, ListOf, Real, Text } from '../../contracts/bounded.ts'
import { shown, type BlockContract } from '../../contracts/block.ts'
import { itemBounds } from '../../contracts/item-bounds.ts'
import { comparisons, longestList, type Comparison } from '../../contracts/condition.ts'

export const Rule = Type.Object({
  field: Line({
    ...shown({ title: 'Field', description: 'Name of the field, e.g. title or company.employees' }),
    minLength: 1,
  }),
  is: Type.Unsafe<Comparison>({
    type: 'string',
    enum: Object.keys(comparisons),
    default: 'contains',
    ...shown({ title: 'Comparison', description: 'How to compare' }, { kind: 'choice', labels: comparisons }),
  }),
  value: Type.Optional(
    Type.Union(
      [Type.String({ maxLength: longestList }), Real(), Type.Boolean()],
      shown({ title: 'Value', description: 'What to compare with' }),
    ),
  ),
  points: Type.Number({
    ...shown({ title: 'Points', description: 'Added if it is so; below zero to subtract' }),
    minimum: -100,
    maximum: 100,
  }),
})

/** What fits most who sell to companies; a person replaces it by their own. */
export const defaultRules: Static<typeof Rule>[] = [
  { field: 'verdict', is: 'equal', value: 'deliverable', points: 30 },
  { field: 'verdict', is: 'equal', value: 'undeliverable', points: -50 },
  { field: 'emailChecks.isFree', is: 'equal', value: true, points: -10 },
  { field: 'kind', is: 'equal', value: 'general', points: -20 },
  { field: 'title', is: 'contains_any', value: 'CEO, Chief, Founder, Owner, Managing Director, President', points: 30 },
  { field: 'title', is: 'contains_any', value: 'VP, Vice President, Head, Director', points: 25 },
  { field: 'title', is: 'contains', value: 'Manager', points: 15 },
  { field: 'company.employees', is: 'greater', value: 19, points: 20 },
  { field: 'phone', is: 'known', points: 5 },
  { field: 'linkedin', is: 'known', points: 5 },
]

export const contract = {
  id: 'score-lead',
  name: 'Score Lead',
  description: 'Adds up points by rules that you can read, and says why',
  item: Type.Object({}, { maxProperties: itemBounds.fields }),
  options: Type.Object({
    rules: Type.Array(Rule, {
      maxItems: 200,
      ...shown(
        { title: 'Rules', description: 'Each rule that holds adds its points. The sum is kept between 0 and 100' },
        { kind: 'rules' },
      ),
      default: defaultRules,
    }),
    hot: Type.Number({
      ...shown({ title: 'Hot From', description: 'Leads with at least this score are hot' }),
      minimum: 0,
      maximum: 100,
      default: 70,
    }),
    warm: Type.Number({
      ...shown({ title: 'Warm From', description: 'Leads with at least this score are warm' }),
      minimum: 0,
      maximum: 100,
      default: 40,
    }),
  }),
  output: Type.Object({
    score: Type.Number({ minimum: 0, maximum: 100 }),
    grade: Type.Unsafe<'hot' | 'warm' | 'cold'>({ type: 'string', enum: ['hot', 'warm', 'cold'] }),
    reasons: ListOf(Text(), {
      description: 'One sentence for each rule that held, e.g. "+30 verdict is deliverable"',
    }),
  }),
  counted: 'grade',
} satisfies BlockContract
