import { Type, type Static } from 'typebox'
import { Moment, Text } from './bounded.ts'

/** What a person who must not be contacted is known by. `domain` is everybody at it and below it. */
export const channels = ['email', 'domain', 'phone', 'linkedin'] as const
export type Channel = (typeof channels)[number]

/** One address that is, or may be, on the suppression list. */
export const SuppressionValue = Type.Object({
  channel: Type.Unsafe<Channel>({ type: 'string', enum: channels }),
  value: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'The address, domain, number or profile in clear; only its hash is kept',
  }),
})
export type SuppressionValue = Static<typeof SuppressionValue>

export const SuppressionEntry = Type.Object({
  ...SuppressionValue.properties,
  reason: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'Why, e.g. unsubscribed. Kept in clear, also after erasure: name nobody',
    }),
  ),
})
export type SuppressionEntry = Static<typeof SuppressionEntry>

/** Whether an address is on the list, itself or by its domain. */
export const Suppressed = Type.Union([
  Type.Object({ suppressed: Type.Literal(false) }),
  Type.Object({
    suppressed: Type.Literal(true),
    reason: Type.Optional(Text()),
    since: Moment(),
  }),
])
export type Suppressed = Static<typeof Suppressed>
