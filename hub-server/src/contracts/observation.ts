import { Type, type Static } from 'typebox'
import { Count, Id, ListOf, MapOf, Moment, Url } from './bounded.ts'

/** A tuple as JSON Schema 2020-12, which OpenAPI 3.1 speaks, writes it. */
const ValueAndConfidence = Type.Unsafe<[value: unknown, confidence: number]>({
  type: 'array',
  prefixItems: [
    { description: 'The value' },
    { type: 'number', minimum: 0, maximum: 1, description: 'The chance that it is right' },
  ],
  minItems: 2,
  maxItems: 2,
})

/**
 * What one answer said about one subject: a vendor's, a page's, a CRM's or a person's. An item carries the observations
 * that its fields rest on through every block, as `observations`; the lead store keeps them with the lead.
 */
export const Observation = Type.Object(
  {
    source: Url({ description: 'Connector id, page address, "you", or "flow" where the sender did not say' }),
    at: Moment({ description: 'When it was said: earlier than now for a kept answer' }),
    values: MapOf(ValueAndConfidence, {
      description: 'Field → [value, the chance that it is right]. Fields of the company are named company.<field>',
    }),
    price: Type.Optional(Count({ minimum: 0, description: 'What the answer cost, micro-USD' })),
    ledger: Type.Optional(Id({ description: 'The ledger row that paid for it' })),
    legalBasis: Type.Optional(Id({ description: 'e.g. legitimate_interest, consent' })),
  },
  { $id: 'Observation' },
)
export type Observation = Static<typeof Observation>

/** In an output that is about somebody: what its fields rest on. */
export const observations = Type.Optional(
  ListOf(Observation, { description: 'Who said its fields, when, and at what price' }),
)
