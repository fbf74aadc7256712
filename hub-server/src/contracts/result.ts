import { Type, type Static, type TSchema, type TUnknown } from 'typebox'
import { Count, Id, lengths, ListOf, Real, Text } from './bounded.ts'
import { ErrorValue } from './errors.ts'

export const Status = Type.Unsafe<'done' | 'pending' | 'skipped' | 'failed' | 'uncertain'>({
  type: 'string',
  enum: ['done', 'pending', 'skipped', 'failed', 'uncertain'],
  description:
    'done: answered, a miss is done with no outputs; pending: not yet, or its run was stopped before its turn; ' +
    'skipped: nothing was to be done; failed: see error; uncertain: a send whose outcome is unknown, a person decides',
})
export type Status = Static<typeof Status>

/** A step of a pipeline that was not for this item, by the step's condition. */
export const PassedBy = Type.Object(
  {
    step: Count({ description: 'Which step of the pipeline, from 1' }),
    block: Id(),
    reason: Text({ description: 'Why: "verdict is known (deliverable)"' }),
  },
  { $id: 'PassedBy' },
)
export type PassedBy = Static<typeof PassedBy>

/**
 * What became of one item. One item may give many outputs (a website gives people); a miss is `done` with none and a
 * reason.
 */
export const ResultOf = <Output extends TSchema>(output: Output) =>
  Type.Object({
    item: Count({ description: 'Position of the item in the request, from 0' }),
    status: Status,
    outputs: ListOf(output, { maxItems: lengths.manyEntries }),
    reason: Type.Optional(Text({ description: 'Why there are no outputs, or why it was skipped' })),
    error: Type.Optional(ErrorValue),
    passedBy: Type.Optional(
      ListOf(PassedBy, { description: 'Steps of a pipeline that passed it by, or something that it gave' }),
    ),
    raw: Type.Optional(Type.Unknown({ description: 'The vendor’s own answer, when asked for' })),
  })

export interface Result<Output = unknown> extends Omit<Static<ReturnType<typeof ResultOf<TUnknown>>>, 'outputs'> {
  outputs: Output[]
}

/** Calls and money of one run. Prices are integer micro-units of the currency, credits are the vendor's own. */
export const Usage = Type.Object(
  {
    calls: Count({ description: 'Calls made to outside services' }),
    cached: Count({ description: 'Answers that came from the cache and cost nothing' }),
    price: Count({
      description: 'Micro-USD (1,000,000 = one dollar). In mode test it is made up: nothing is paid',
    }),
    credits: Real({ description: 'Credits of the vendors, summed' }),
  },
  { $id: 'Usage' },
)
export type Usage = Static<typeof Usage>
