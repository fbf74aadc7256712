import { Type } from 'typebox'
import { Person } from '../contracts/lead.ts'
import { capability, stableKey } from './capability.ts'

export const findEmail = capability({
  name: 'findEmail',
  group: 'Find',
  description: 'Finds the work e-mail of a person at a company',
  effect: 'read',
  expiryDays: 30,
  input: Type.Object({
    firstName: Type.Optional(Type.String()),
    lastName: Type.Optional(Type.String()),
    fullName: Type.Optional(Type.String()),
    domain: Type.Optional(Type.String({ description: 'Domain of the company' })),
    company: Type.Optional(Type.String({ description: 'Name of the company' })),
    linkedin: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    email: Type.String(),
    confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'The chance that it is right' })),
    person: Type.Optional(Person),
  }),
  key: stableKey,
  person: ({ linkedin, domain }) => ({ linkedin, domain }),
})
