import { Type, type Static } from 'typebox'
import { Count, Id, Line, MapOf, Moment, Url } from './bounded.ts'

export const SubjectKind = Type.Unsafe<'lead' | 'company' | 'deal'>({
  type: 'string',
  enum: ['lead', 'company', 'deal'],
})
export type SubjectKind = Static<typeof SubjectKind>

/** The truth about a subject, many per field. A vendor's extras are facts named `vendor.field`. */
export const Fact = Type.Object(
  {
    subject: Id({ description: 'Id of the lead or company' }),
    field: Line({ description: 'Of the lead’s company: company.<field>' }),
    value: Type.Unknown({ 'x-named': 'field', description: 'Of the field’s own type' }),
    source: Url({ description: 'Connector id, page address, or "you"', 'x-site': true }),
    at: Moment({ description: 'When it was said, or said again, last' }),
    confidence: Type.Number({ minimum: 0, maximum: 1, description: 'The chance that it is right' }),
    legalBasis: Type.Optional(Id({ description: 'e.g. legitimate_interest, consent' })),
    price: Type.Optional(Count({ description: 'Micro-USD that the answer with this and other fields cost' })),
    ledger: Type.Optional(Id({ description: 'The ledger row that paid for it' })),
    runId: Type.Optional(Id({ description: 'The run that brought it' })),
  },
  { $id: 'Fact' },
)
export type Fact = Static<typeof Fact>

/** How the shown value of one field is chosen, where not by confidence and then age. */
export const ViewRule = Type.Object(
  {
    sources: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 50,
        description: 'Sources that come before all others, in this order: connector ids, "you", "website" for any page',
      }),
    ),
    newest: Type.Optional(Type.Boolean({ description: 'The newest value, however sure somebody is of an older one' })),
  },
  { $id: 'ViewRule', additionalProperties: false },
)
export type ViewRule = Static<typeof ViewRule>

/** (kind, normalised value) → subject, unique in (workspace, mode). A role address is never one. */
export const Identity = Type.Object(
  {
    kind: Type.Unsafe<'email' | 'linkedin' | 'domain' | 'record'>({
      type: 'string',
      enum: ['email', 'linkedin', 'domain', 'record'],
    }),
    value: Line({
      description: 'Normalised: e-mail in lower case; linkedin as in/<handle>; record as <connection>:<object>:<id>',
    }),
    subject: Id(),
  },
  { $id: 'Identity' },
)
export type Identity = Static<typeof Identity>

/** Subject ↔ record in an outside system, with the values last agreed: the base for "unchanged" and for merging. */
export const Link = Type.Object(
  {
    subject: Id(),
    connection: Id(),
    object: Line(),
    record: Id({ description: 'The outside system’s own id' }),
    base: MapOf(Type.Unknown(), {
      description: 'The values last agreed, in the outside system’s field names',
    }),
    version: Type.Optional(Id({ description: 'The remote version, where the system has one' })),
    at: Moment(),
  },
  { $id: 'Link' },
)
export type Link = Static<typeof Link>
