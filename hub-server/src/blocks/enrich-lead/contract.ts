import { Type } from 'typebox'
import { Line, ListOf, MapOf, Text, Url } from '../../contracts/bounded.ts'
import { askOptions, choices, shown, type BlockContract } from '../../contracts/block.ts'
import { Company, Person } from '../../contracts/lead.ts'

export const contract = {
  id: 'enrich-lead',
  name: 'Enrich Lead',
  description:
    'Fills in what is missing about a person and their company, one service after the other until it is there',
  item: Type.Object({
    email: Type.Optional(Line(shown({ title: 'E-Mail', description: 'Work e-mail of the person' }))),
    linkedin: Type.Optional(Url(shown({ title: 'LinkedIn', description: 'Address of the LinkedIn profile' }))),
    fullName: Type.Optional(Line(shown({ title: 'Full Name', description: 'Name of the person' }))),
    firstName: Type.Optional(Line(shown({ title: 'First Name', description: 'Given name', advanced: true }))),
    lastName: Type.Optional(Line(shown({ title: 'Last Name', description: 'Family name', advanced: true }))),
    website: Type.Optional(Url(shown({ title: 'Company Website', description: 'Website or domain of the company' }))),
    company: Type.Optional(
      Type.Union([Line(), Company], shown({ title: 'Company', description: 'Name of the company' })),
    ),
  }),
  options: Type.Object({
    want: choices(
      {
        email: 'E-Mail',
        phone: 'Phone',
        mobile: 'Mobile',
        title: 'Job Title',
        seniority: 'Seniority',
        department: 'Department',
        linkedin: 'LinkedIn',
        city: 'City',
        country: 'Country',
        'company.name': 'Company Name',
        'company.industry': 'Company Industry',
        'company.employees': 'Company Size',
        'company.phone': 'Company Phone',
        'company.linkedin': 'Company LinkedIn',
      },
      {
        title: 'Wanted Fields',
        description: 'Services are asked one after the other until all of these are there',
        default: ['email', 'title', 'linkedin', 'company.name', 'company.industry', 'company.employees'],
      },
    ),
    confidence: Type.Number({
      ...shown({
        title: 'Wanted Confidence',
        description: 'A value counts as there if the chance that it is right is at least this (0 to 1)',
        advanced: true,
      }),
      minimum: 0,
      maximum: 1,
      default: 0.7,
    }),
    overwrite: Type.Boolean({
      ...shown({
        title: 'Replace What Is There',
        description:
          'Whether found values of wanted fields replace those that the lead already has. What belongs together is ' +
          'replaced together: an address with its verdict, a company with all that is known of it',
        advanced: true,
      }),
      default: false,
    }),
    ...askOptions('enrichPerson'),
  }),
  output: Type.Object({
    ...Person.properties,
    enrichedBy: MapOf(Line(), { description: 'Field → the service it came from' }),
    missing: ListOf(Line(), { description: 'Wanted fields that nobody knew' }),
    notTaken: Type.Optional(
      ListOf(Type.Object({ field: Line(), source: Url(), reason: Text() }), {
        description: 'What a service said that does not go with the lead: another address, name or company',
      }),
    ),
    dropped: Type.Optional(
      ListOf(Line(), {
        description: 'Fields of the item that no longer hold, as the verdict of an address that was replaced',
      }),
    ),
  }),
  needs: [{ oneOf: ['email', 'linkedin', 'fullName', 'lastName', 'website', 'company'] }],
} satisfies BlockContract
