import { Type, type Static } from 'typebox'
import { Mode } from './scope.ts'

/** Something that happened, told in the order in which it happened to its subject. */
export const Event = Type.Object(
  {
    id: Type.String(),
    type: Type.String({ description: 'subject.happened, e.g. run.finished' }),
    version: Type.Literal(1),
    workspace: Type.String(),
    mode: Mode,
    subject: Type.String({ description: 'Id of what it happened to' }),
    seq: Type.Integer({ description: '1, 2, 3 … for each subject' }),
    at: Type.String({ format: 'date-time' }),
    data: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Names of fields, counts, reasons; no personal values',
    }),
  },
  { $id: 'Event' },
)
export type Event = Static<typeof Event>
