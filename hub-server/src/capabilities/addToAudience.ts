import { Type } from 'typebox'
import { Id, Line, ListOf, MapOf } from '../contracts/bounded.ts'
import { Person } from '../contracts/lead.ts'
import { capability } from './capability.ts'

export const addToAudience = capability({
  name: 'addToAudience',
  group: 'Audience',
  description: 'Puts a person on a list for mailings, or brings the entry up to date',
  effect: 'upsert',
  expiryDays: 0,
  input: Type.Object({
    list: Type.Optional(Id({ description: 'The service’s own id of the list; where it has several' })),
    email: Type.String({ minLength: 3, maxLength: 320 }),
    fields: Type.Optional(Person),
    custom: Type.Optional(MapOf(Type.Unknown(), { description: 'All other fields, by the service’s names' })),
    tags: Type.Optional(ListOf(Line(), { description: 'Added to those that are there' })),
    confirm: Type.Optional(Type.Boolean({ description: 'Ask the person to confirm first (double opt-in)' })),
  }),
  output: Type.Object({
    id: Id({ description: 'The service’s own id of the entry, or of its job' }),
    outcome: Type.Optional(Type.Unsafe<'created' | 'updated'>({ type: 'string', enum: ['created', 'updated'] })),
  }),
  key: ({ list = '', email }) => `${list}:${email.trim().toLowerCase()}`,
  person: ({ email }) => ({ email }),
})
