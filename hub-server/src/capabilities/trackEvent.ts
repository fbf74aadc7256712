import { Type } from 'typebox'
import { Line, MapOf } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

export const trackEvent = capability({
  name: 'trackEvent',
  group: 'Analytics',
  description: 'Tells an analytics service what a person did',
  effect: 'send',
  expiryDays: 0,
  input: Type.Object({
    event: Type.String({ minLength: 1, maxLength: 200, description: 'Name of the event, e.g. lead_qualified' }),
    person: Line({
      minLength: 1,
      description: 'By what the service knows the person: its client id, your own id, or an e-mail',
    }),
    email: Type.Optional(Line()),
    at: Type.Optional(Line({ description: 'ISO 8601; default now' })),
    id: Type.Optional(
      Type.String({ maxLength: 36, description: 'Your own id of the event: the service counts it once' }),
    ),
    properties: Type.Optional(MapOf(Type.Unknown())),
  }),
  output: Type.Object({ accepted: Type.Boolean() }),
  key: exactKey,
  person: ({ person, email }) => ({ emails: [person, ...(email ? [email] : [])] }),
})
