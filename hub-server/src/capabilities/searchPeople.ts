import { Type } from 'typebox'
import { Line, ListOf, Whole } from '../contracts/bounded.ts'
import { Person } from '../contracts/lead.ts'
import { capability, stableKey } from './capability.ts'

const list = (description: string) => Type.Optional(ListOf(Line(), { description }))

export const searchPeople = capability({
  name: 'searchPeople',
  group: 'Find',
  description: 'Finds people by company, title and place',
  effect: 'read',
  expiryDays: 7,
  input: Type.Object({
    domain: Type.Optional(Line({ description: 'Domain of the company they work at' })),
    company: Type.Optional(Line({ description: 'Name of the company they work at' })),
    titles: list('Job titles, any of them'),
    seniorities: list('e.g. director, vp, c_suite'),
    departments: list('e.g. sales, marketing'),
    locations: list('Cities, states or countries'),
    keywords: Type.Optional(Line()),
    employees: Type.Optional(Type.Object({ min: Type.Optional(Whole()), max: Type.Optional(Whole()) })),
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 25 }),
  }),
  output: Person,
  key: stableKey,
})
