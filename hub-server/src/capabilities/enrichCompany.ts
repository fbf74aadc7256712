import { Type } from 'typebox'
import { Line, Url } from '../contracts/bounded.ts'
import { Company } from '../contracts/lead.ts'
import { capability, Confidence, stableKey } from './capability.ts'

export const enrichCompany = capability({
  name: 'enrichCompany',
  group: 'Enrich',
  description: 'Fills in what is known about a company',
  effect: 'read',
  expiryDays: 30,
  input: Type.Object({
    domain: Type.Optional(Line()),
    name: Type.Optional(Line()),
    linkedin: Type.Optional(Url()),
    ids: Company.properties.ids,
  }),
  output: Type.Object({ ...Company.properties, confidence: Confidence }),
  key: stableKey,
})
