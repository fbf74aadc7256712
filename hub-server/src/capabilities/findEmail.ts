import { Type } from 'typebox'
import { Line, Url } from '../contracts/bounded.ts'
import { Person } from '../contracts/lead.ts'
import { capability, stableKey } from './capability.ts'

export const findEmail = capability({
  name: 'findEmail',
  group: 'Find',
  description: 'Finds the work e-mail of a person at a company',
  effect: 'read',
  expiryDays: 30,
  input: Type.Object({
    firstName: Type.Optional(Line()),
    lastName: Type.Optional(Line()),
    fullName: Type.Optional(Line()),
    domain: Type.Optional(Line({ description: 'Domain of the company' })),
    company: Type.Optional(Line({ description: 'Name of the company' })),
    linkedin: Type.Optional(Url()),
  }),
  output: Type.Object({
    email: Line(),
    confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'The chance that it is right' })),
    person: Type.Optional(Person),
  }),
  key: stableKey,
  person: ({ linkedin, domain }) => ({ linkedin, domain }),
})
