import { Type } from 'typebox'
import { Id, Line, MapOf } from '../contracts/bounded.ts'
import { Person } from '../contracts/lead.ts'
import { capability, exactKey } from './capability.ts'

export const listFormResponses = capability({
  name: 'listFormResponses',
  group: 'Find',
  description: 'Lists who filled in a lead form, newest first',
  effect: 'read',
  expiryDays: 0,
  input: Type.Object({
    form: Type.Optional(Id({ description: 'The service’s own id of the form' })),
    account: Type.Optional(
      Id({ description: 'The service’s own id of the page or advertiser, where all its forms are meant' }),
    ),
    since: Type.Optional(Line({ description: 'ISO 8601' })),
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 100 }),
  }),
  output: Type.Object({
    id: Id({ description: 'The service’s own id of the response' }),
    form: Type.Optional(Id()),
    at: Type.Optional(Line({ description: 'When it was sent, ISO 8601' })),
    person: Type.Optional(Person),
    answers: Type.Optional(
      MapOf(Type.Unknown(), {
        description: 'All answers, by the form’s own names of the questions',
      }),
    ),
  }),
  key: exactKey,
})
