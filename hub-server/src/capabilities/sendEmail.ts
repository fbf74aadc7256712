import { Type } from 'typebox'
import { Id, Line, ListOf, MapOf, Text } from '../contracts/bounded.ts'
import { addressesIn } from '../contracts/addresses.ts'
import { capability, stableKey } from './capability.ts'

export const sendEmail = capability({
  name: 'sendEmail',
  group: 'Reach',
  description: 'Sends one e-mail to one person',
  effect: 'send',
  expiryDays: 0,
  input: Type.Object({
    to: Line({ description: 'Address of the recipient' }),
    toName: Type.Optional(Line()),
    from: Line({ description: 'Address of the sender, verified at the service' }),
    fromName: Type.Optional(Line()),
    replyTo: Type.Optional(Line()),
    subject: Line({ minLength: 1 }),
    text: Type.Optional(Text()),
    html: Type.Optional(Text({ maxLength: 500_000 })),
    headers: Type.Optional(MapOf(Line())),
    tags: Type.Optional(ListOf(Line())),
  }),
  output: Type.Object({ id: Id({ description: 'The service’s own id of the message' }) }),
  key: stableKey,
  person: ({ to, headers = {} }) => ({ emails: [to, ...copiesIn(headers)].flatMap(addressesIn) }),
})

/** A mail server sends also to whom the message's own headers name. */
const copiesIn = (headers: Record<string, string>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => (/^(to|cc|bcc)$/i.test(name.trim()) ? [value] : []))
