import { Type } from 'typebox'
import { Person } from '../contracts/lead.ts'
import { capability, Confidence, stableKey } from './capability.ts'

export const enrichPerson = capability({
  name: 'enrichPerson',
  group: 'Enrich',
  description: 'Fills in what is known about a person',
  effect: 'read',
  expiryDays: 30,
  input: Type.Object({
    email: Type.Optional(Type.String()),
    linkedin: Type.Optional(Type.String()),
    firstName: Type.Optional(Type.String()),
    lastName: Type.Optional(Type.String()),
    fullName: Type.Optional(Type.String()),
    domain: Type.Optional(Type.String({ description: 'Domain of the company' })),
    company: Type.Optional(Type.String({ description: 'Name of the company' })),
    phone: Type.Optional(Type.String({ description: 'E.164' })),
    ids: Person.properties.ids,
  }),
  output: Type.Object({ ...Person.properties, confidence: Confidence }),
  key: stableKey,
  person: ({ email, linkedin, phone, domain }) => ({ email, linkedin, phone, domain }),
})
