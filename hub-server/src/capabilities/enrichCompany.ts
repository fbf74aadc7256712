import { Type } from 'typebox'
import { Company } from '../contracts/lead.ts'
import { capability, Confidence, stableKey } from './capability.ts'

export const enrichCompany = capability({
  name: 'enrichCompany',
  group: 'Enrich',
  description: 'Fills in what is known about a company',
  effect: 'read',
  expiryDays: 30,
  input: Type.Object({
    domain: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    linkedin: Type.Optional(Type.String()),
    ids: Company.properties.ids,
  }),
  output: Type.Object({ ...Company.properties, confidence: Confidence }),
  key: stableKey,
})
