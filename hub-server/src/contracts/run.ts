import { Type, type Static } from 'typebox'
import { Condition } from './condition.ts'
import { ErrorValue } from './errors.ts'
import { Usage } from './result.ts'
import { Mode } from './scope.ts'

export const RunStatus = Type.Unsafe<'queued' | 'running' | 'paused' | 'done' | 'cancelled'>({
  type: 'string',
  enum: ['queued', 'running', 'paused', 'done', 'cancelled'],
  description: 'paused: see error, and resume it when that is mended; nothing is lost',
})
export type RunStatus = Static<typeof RunStatus>

const usd = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000, description }))

/** US dollars in millionths, as money is counted here. */
export const microUsd = (dollars: number): number => Math.round(dollars * 1_000_000)

/** What a run may cost. */
export const Budgets = Type.Object({
  budget: usd('US dollars that the whole run may cost; when they are used up it pauses'),
  itemBudget: usd('US dollars that one item may cost; one that would cost more fails'),
})
export type Budgets = Static<typeof Budgets>

/** One block of a pipeline, with its options, and for whom it is. */
export const Step = Type.Object(
  {
    block: Type.String(),
    options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    when: Type.Optional(Condition),
  },
  { additionalProperties: false, description: 'Items that `when` does not hold for pass the step by, unchanged' },
)
export type Step = Static<typeof Step>

/** A step whose options are checked and filled in. */
export interface RunStep {
  readonly block: string
  readonly options: Record<string, unknown>
  /** Absent: it is for every item. */
  readonly when?: Condition
}

/** One execution of a block or pipeline over items. Every call is a run; a small one is waited for. */
export const Run = Type.Object(
  {
    id: Type.String(),
    block: Type.String({ description: 'Id of the block or the pipeline' }),
    mode: Mode,
    status: RunStatus,
    items: Type.Object(
      {
        total: Type.Integer(),
        done: Type.Integer(),
        pending: Type.Integer(),
        skipped: Type.Integer(),
        failed: Type.Integer(),
        uncertain: Type.Integer(),
      },
      { description: 'How many items are in each state' },
    ),
    usage: Usage,
    ...Budgets.properties,
    error: Type.Optional(ErrorValue),
    createdAt: Type.String({ format: 'date-time' }),
    finishedAt: Type.Optional(Type.String({ format: 'date-time' })),
    expiredAt: Type.Optional(Type.String({ format: 'date-time', description: 'Its items and results are gone' })),
  },
  { $id: 'Run' },
)
export type Run = Static<typeof Run>

/** What a run came to. */
export const Summary = Type.Object(
  {
    outputs: Type.Integer({ description: 'Outputs of all items together' }),
    empty: Type.Integer({ description: 'Items that are done and gave none' }),
    counted: Type.Optional(
      Type.Object(
        {
          field: Type.String({ description: 'e.g. verdict' }),
          values: Type.Array(Type.Object({ value: Type.String(), outputs: Type.Integer() }), {
            description: 'The most frequent first',
          }),
        },
        { description: 'What the outputs say, where the block has a field for that' },
      ),
    ),
    reasons: Type.Array(
      Type.Object({
        status: Type.Unsafe<'done' | 'skipped' | 'failed' | 'uncertain'>({
          type: 'string',
          enum: ['done', 'skipped', 'failed', 'uncertain'],
        }),
        reason: Type.String(),
        advice: Type.Optional(Type.String({ description: 'What to do about it' })),
        items: Type.Integer(),
        first: Type.Integer({ description: 'Position of the first such item' }),
      }),
      { description: 'Why items gave nothing, the most frequent first' },
    ),
  },
  { $id: 'Summary' },
)
export type Summary = Static<typeof Summary>

/** What a run would be: asked before it is started. */
export const Estimate = Type.Object(
  {
    items: Type.Object({
      total: Type.Integer(),
      looked: Type.Integer({
        description: 'Items that were looked at; of a longer list a sample, and the figures are scaled',
      }),
      unable: Type.Integer({ description: 'Items that cannot work' }),
    }),
    reasons: Type.Array(
      Type.Object({
        reason: Type.String(),
        advice: Type.String({ description: 'What to do about it' }),
        items: Type.Integer(),
        first: Type.Integer({ description: 'Position of the first such item' }),
      }),
      { description: 'Why items cannot work, the most frequent first' },
    ),
    calls: Type.Object({ low: Type.Integer(), likely: Type.Integer(), high: Type.Integer() }),
    price: Type.Object(
      { low: Type.Integer(), likely: Type.Integer(), high: Type.Integer() },
      { description: 'Micro-USD; in mode test made up' },
    ),
    cached: Type.Integer({ description: 'Answers that are there already and cost nothing' }),
    seconds: Type.Number({ description: 'How long it takes at the services’ rates' }),
    providers: Type.Array(
      Type.Object({
        provider: Type.String(),
        operation: Type.String(),
        calls: Type.Integer(),
        price: Type.Integer(),
        seconds: Type.Number(),
      }),
    ),
  },
  { $id: 'Estimate' },
)
export type Estimate = Static<typeof Estimate>

/** A stored list of items. */
export const List = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    mode: Mode,
    total: Type.Integer(),
    createdAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'List' },
)
export type List = Static<typeof List>

/** A saved line of blocks. */
export const Pipeline = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    mode: Mode,
    steps: Type.Array(Step, { minItems: 1, maxItems: 20 }),
    createdAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'Pipeline' },
)
export type Pipeline = Static<typeof Pipeline>
