import { Type } from 'typebox'
import { addressesIn } from '../contracts/addresses.ts'
import { capability, stableKey } from './capability.ts'

export const sendEmail = capability({
  name: 'sendEmail',
  group: 'Reach',
  description: 'Sends one e-mail to one person',
  effect: 'send',
  expiryDays: 0,
  input: Type.Object({
    to: Type.String({ description: 'Address of the recipient' }),
    toName: Type.Optional(Type.String()),
    from: Type.String({ description: 'Address of the sender, verified at the service' }),
    fromName: Type.Optional(Type.String()),
    replyTo: Type.Optional(Type.String()),
    subject: Type.String({ minLength: 1 }),
    text: Type.Optional(Type.String()),
    html: Type.Optional(Type.String()),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    tags: Type.Optional(Type.Array(Type.String())),
  }),
  output: Type.Object({ id: Type.String({ description: 'The service’s own id of the message' }) }),
  key: stableKey,
  person: ({ to, headers = {} }) => ({ emails: [to, ...copiesIn(headers)].flatMap(addressesIn) }),
})

/** A mail server sends also to whom the message's own headers name. */
const copiesIn = (headers: Record<string, string>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => (/^(to|cc|bcc)$/i.test(name.trim()) ? [value] : []))
