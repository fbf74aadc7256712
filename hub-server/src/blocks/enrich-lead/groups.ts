/**
 * Fields that belong together: they are said of one thing (an address, a number, a company), so they travel from an
 * answer to a lead together or not at all. What stands in no group is taken by itself.
 */
export interface Group {
  readonly name: 'company' | 'job' | 'address' | 'phone' | 'mobile' | 'name' | 'place'
  /** Fields of a lead; `company.*` is every field of the company. */
  readonly fields: readonly string[]
  /** The one that the others are said of: without it they say nothing. */
  readonly key?: string
  /** What a person should know where the answer's is another than the lead's; nothing where that is usual. */
  readonly clash?: string
}

/** In the order in which they are taken: a job is one at the company. */
export const groups: readonly Group[] = [
  { name: 'company', fields: ['company.*', 'website', 'domain'], clash: 'another company than the lead’s' },
  { name: 'job', fields: ['title', 'seniority', 'department'], clash: 'a job at another company than the lead’s' },
  {
    name: 'address',
    key: 'email',
    fields: ['email', 'verdict', 'verdictReason', 'verifiedBy', 'verifiedAt', 'emailChecks'],
    clash: 'another address than the lead’s',
  },
  { name: 'phone', key: 'phone', fields: ['phone', 'phoneType'] },
  { name: 'mobile', key: 'mobile', fields: ['mobile', 'mobileType'] },
  { name: 'name', fields: ['fullName', 'firstName', 'lastName'], clash: 'another name than the lead’s' },
  { name: 'place', fields: ['city', 'state', 'country'] },
]

export const isIn = (field: string, { fields }: Group): boolean =>
  fields.some((name) => name === field || (name.endsWith('.*') && field.startsWith(name.slice(0, -1))))

export const groupOf = (field: string): Group | undefined => groups.find((group) => isIn(field, group))
