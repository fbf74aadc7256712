import { Type, type Static } from 'typebox'
import { Id, Line, ListOf, MapOf, Moment, Real, Text, Url, Whole } from './bounded.ts'

const text = (description: string) => Type.Optional(Line({ description }))
const url = (description: string) => Type.Optional(Url({ description }))
/** Tells who somebody is: masked for who may not see personal data (access/masking). */
const personal = (description: string) => Type.Optional(Line({ description, 'x-personal': true }))
const personalUrl = (description: string) => Type.Optional(Url({ description, 'x-personal': true }))

export const Address = Type.Object(
  {
    street: personal('Street and number'),
    city: text('City'),
    state: text('State or region'),
    postcode: text('Postal code'),
    country: text('ISO 3166 alpha-2 code where known, else the name'),
  },
  { $id: 'Address' },
)
export type Address = Static<typeof Address>

/** What outside services call a person or a company: asked by it, a service need not search. */
const Ids = Type.Optional(
  MapOf(Line(), {
    description: 'Ids at outside services, by connector: {"apollo": "54a…"}',
  }),
)

const PersonIds = Type.Optional(
  MapOf(Line({ 'x-personal': true }), {
    description: 'Ids at outside services, by connector: {"apollo": "54a…"}',
  }),
)

/** A company, a CRM's account: the fields that every vendor can be asked for. */
export const Company = Type.Object(
  {
    name: text('Name'),
    domain: text('Registrable domain, lower case, e.g. acme.example'),
    website: url('Address of the website'),
    industry: text('Industry, in the vendor’s words'),
    employees: Type.Optional(Whole({ description: 'Number of people, best estimate' })),
    revenue: Type.Optional(Real({ description: 'Yearly revenue in US dollars, best estimate' })),
    founded: Type.Optional(Whole({ description: 'Year' })),
    description: Type.Optional(Text({ description: 'What the company does' })),
    phone: personal('E.164'),
    email: personal('General address of the company'),
    address: Type.Optional(Address),
    linkedin: url('Address of the LinkedIn page'),
    facebook: url('Address of the Facebook page'),
    x: url('Address of the X profile'),
    technologies: Type.Optional(ListOf(Line())),
    ids: Ids,
  },
  { $id: 'Company' },
)
export type Company = Static<typeof Company>

export const Verdict = Type.Unsafe<'deliverable' | 'undeliverable' | 'risky' | 'unknown'>({
  type: 'string',
  enum: ['deliverable', 'undeliverable', 'risky', 'unknown'],
  description:
    'Whether mail to the address arrives. risky: it may (catch-all, role, disposable); unknown: nobody could tell',
})
export type Verdict = Static<typeof Verdict>

/** A person, with or without a company. */
export const Person = Type.Object(
  {
    firstName: personal('Given name'),
    lastName: personal('Family name'),
    fullName: personal('The whole name'),
    title: text('Job title'),
    seniority: text('e.g. director'),
    department: text('e.g. marketing'),
    email: personal('Work e-mail, lower case'),
    verdict: Type.Optional(Verdict),
    phone: personal('E.164'),
    mobile: personal('E.164'),
    linkedin: personalUrl('Address of the LinkedIn profile'),
    x: personalUrl('Address of the X profile'),
    city: personal('City'),
    state: text('State or region'),
    country: text('ISO 3166 alpha-2 code where known, else the name'),
    website: url('The company website that this person was found by'),
    company: Type.Optional(Company),
    ids: PersonIds,
  },
  { $id: 'Person' },
)
export type Person = Static<typeof Person>

/** A person as the hub keeps them: the chosen view of all facts known. */
export const Lead = Type.Object(
  {
    id: Id(),
    ...Person.properties,
    score: Type.Optional(Real({ description: '0 to 100' })),
    custom: Type.Optional(MapOf(Type.Unknown(), { description: 'A vendor’s extras and your own fields' })),
    createdAt: Moment(),
    updatedAt: Moment(),
  },
  { $id: 'Lead' },
)
export type Lead = Static<typeof Lead>

export const ObjectType = Type.Unsafe<'contact' | 'company' | 'deal'>({
  type: 'string',
  enum: ['contact', 'company', 'deal'],
})
export type ObjectType = Static<typeof ObjectType>
