import { Type } from 'typebox'
import { Line, ListOf, Whole } from '../contracts/bounded.ts'
import { Company } from '../contracts/lead.ts'
import { capability, stableKey } from './capability.ts'

const list = (description: string) => Type.Optional(ListOf(Line(), { description }))

export const searchCompanies = capability({
  name: 'searchCompanies',
  group: 'Find',
  description: 'Finds companies by name, industry, size and place',
  effect: 'read',
  expiryDays: 7,
  input: Type.Object({
    name: Type.Optional(Line()),
    industries: list('Industries or keywords, any of them'),
    locations: list('Cities, states or countries of the headquarters'),
    technologies: list('Technologies they use'),
    employees: Type.Optional(Type.Object({ min: Type.Optional(Whole()), max: Type.Optional(Whole()) })),
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 25 }),
  }),
  output: Company,
  key: stableKey,
})
