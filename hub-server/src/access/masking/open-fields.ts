/**
 * Fields of leads and of users' own rows that tell of nobody in particular: of what no schema tells, only these are
 * shown to who may not see personal data. A company's are so by their whole name.
 */
const openFields: ReadonlySet<string> = new Set([
  // What a person does, not who it is.
  'title',
  'seniority',
  'department',
  'country',
  // What the hub says of a lead.
  'verdict',
  'score',
  'outcome',
  'status',
  'legalBasis',
  'leadId',
  'website',
  'domain',
  'industry',
  'employees',
  'company.name',
  'company.domain',
  'company.website',
  'company.industry',
  'company.employees',
  'company.revenue',
  'company.founded',
  'company.description',
  'company.linkedin',
  'company.technologies',
])

export const isOpenField = (name: string): boolean => openFields.has(name)
