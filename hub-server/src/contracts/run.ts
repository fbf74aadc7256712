import { Type, type Static } from 'typebox'
import { Count, Id, Line, ListOf, MapOf, Moment, Real, Text } from './bounded.ts'
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
    block: Id(),
    options: Type.Optional(MapOf(Type.Unknown())),
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
    id: Id(),
    block: Id({ description: 'Id of the block or the pipeline' }),
    mode: Mode,
    status: RunStatus,
    items: Type.Object(
      {
        total: Count(),
        done: Count(),
        pending: Count(),
        skipped: Count(),
        failed: Count(),
        uncertain: Count(),
      },
      { description: 'How many items are in each state' },
    ),
    usage: Usage,
    ...Budgets.properties,
    error: Type.Optional(ErrorValue),
    createdAt: Moment(),
    finishedAt: Type.Optional(Moment()),
    expiredAt: Type.Optional(Moment({ description: 'Its items and results are gone' })),
  },
  { $id: 'Run' },
)
export type Run = Static<typeof Run>

/** What a run came to. */
export const Summary = Type.Object(
  {
    outputs: Count({ description: 'Outputs of all items together' }),
    empty: Count({ description: 'Items that are done and gave none' }),
    counted: Type.Optional(
      Type.Object(
        {
          field: Line({ description: 'e.g. verdict' }),
          values: ListOf(Type.Object({ value: Line(), outputs: Count() }), {
            description: 'The most frequent first',
          }),
        },
        { description: 'What the outputs say, where the block has a field for that' },
      ),
    ),
    reasons: ListOf(
      Type.Object({
        status: Type.Unsafe<'done' | 'skipped' | 'failed' | 'uncertain'>({
          type: 'string',
          enum: ['done', 'skipped', 'failed', 'uncertain'],
        }),
        reason: Text(),
        advice: Type.Optional(Text({ description: 'What to do about it' })),
        items: Count(),
        first: Count({ description: 'Position of the first such item' }),
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
      total: Count(),
      looked: Count({
        description: 'Items that were looked at; of a longer list a sample, and the figures are scaled',
      }),
      unable: Count({ description: 'Items that cannot work' }),
    }),
    reasons: ListOf(
      Type.Object({
        reason: Text(),
        advice: Text({ description: 'What to do about it' }),
        items: Count(),
        first: Count({ description: 'Position of the first such item' }),
      }),
      { description: 'Why items cannot work, the most frequent first' },
    ),
    calls: Type.Object({ low: Count(), likely: Count(), high: Count() }),
    price: Type.Object(
      { low: Count(), likely: Count(), high: Count() },
      { description: 'Micro-USD; in mode test made up' },
    ),
    cached: Count({ description: 'Answers that are there already and cost nothing' }),
    seconds: Real({ description: 'How long it takes at the services’ rates' }),
    providers: ListOf(
      Type.Object({
        provider: Id(),
        operation: Id(),
        calls: Count(),
        price: Count(),
        seconds: Real(),
      }),
    ),
  },
  { $id: 'Estimate' },
)
export type Estimate = Static<typeof Estimate>

/** A stored list of items. */
export const List = Type.Object(
  {
    id: Id(),
    name: Line(),
    mode: Mode,
    total: Count(),
    createdAt: Moment(),
  },
  { $id: 'List' },
)
export type List = Static<typeof List>

/** A saved line of blocks. */
export const Pipeline = Type.Object(
  {
    id: Id(),
    name: Line(),
    mode: Mode,
    steps: Type.Array(Step, { minItems: 1, maxItems: 20 }),
    createdAt: Moment(),
  },
  { $id: 'Pipeline' },
)
export type Pipeline = Static<typeof Pipeline>
