import { Type } from 'typebox'
import { Line, Url } from '../contracts/bounded.ts'
import { Person } from '../contracts/lead.ts'
import { capability, Confidence, stableKey } from './capability.ts'

export const enrichPerson = capability({
  name: 'enrichPerson',
  group: 'Enrich',
  description: 'Fills in what is known about a person',
  effect: 'read',
  expiryDays: 30,
  input: Type.Object({
    email: Type.Optional(Line()),
    linkedin: Type.Optional(Url()),
    firstName: Type.Optional(Line()),
    lastName: Type.Optional(Line()),
    fullName: Type.Optional(Line()),
    domain: Type.Optional(Line({ description: 'Domain of the company' })),
    company: Type.Optional(Line({ description: 'Name of the company' })),
    phone: Type.Optional(Line({ description: 'E.164' })),
    ids: Person.properties.ids,
  }),
  output: Type.Object({ ...Person.properties, confidence: Confidence }),
  key: stableKey,
  person: ({ email, linkedin, phone, domain }) => ({ email, linkedin, phone, domain }),
})
