import { Type, type Static } from 'typebox'
import { Count, Id, Line, MapOf, Moment } from './bounded.ts'
import { Mode } from './scope.ts'

/** Something that happened, told in the order in which it happened to its subject. */
export const Event = Type.Object(
  {
    id: Id(),
    type: Line({ description: 'subject.happened, e.g. run.finished' }),
    version: Type.Literal(1),
    workspace: Id(),
    mode: Mode,
    subject: Id({ description: 'Id of what it happened to' }),
    seq: Count({ description: '1, 2, 3 … for each subject' }),
    at: Moment(),
    data: MapOf(Type.Unknown(), {
      description: 'Names of fields, counts, reasons; no personal values',
      'x-plain': true,
    }),
  },
  { $id: 'Event' },
)
export type Event = Static<typeof Event>
