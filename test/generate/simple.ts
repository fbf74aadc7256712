import { fieldsOf, type FieldSchema } from './schema.ts'

/** n8n's own limit: a result with more fields than this gets a "Simplify". */
const most = 10

/** What tells a person most about a lead, the most telling first. */
const telling = {
  lead: ['id', 'fullName', 'title', 'email', 'phone', 'linkedin', 'score'],
  company: ['name', 'domain', 'industry', 'employees'],
}

const leaves = (schema: FieldSchema): number =>
  fieldsOf(schema).reduce((sum, [, field]) => sum + Math.max(1, leaves(field)), 0)

const isLead = (schema: FieldSchema) => schema.properties?.fullName !== undefined

const leadPaths = (schema: FieldSchema): string[] => [
  ...telling.lead.filter((name) => schema.properties?.[name]),
  ...(schema.properties?.company ? telling.company.map((name) => `company.${name}`) : []),
]

/** The fields (dotted paths) that "Simplify" leaves of a block's output; none where the output is small anyway. */
export const simplePaths = (output: FieldSchema): string[] => {
  if (leaves(output) <= most) return []
  if (isLead(output)) return [...ownNames(output), ...leadPaths(output)].slice(0, most)
  return fieldsOf(output)
    .flatMap(([name, field]) => (isLead(field) ? leadPaths(field).map((path) => `${name}.${path}`) : [name]))
    .toSorted((one, other) => Number(one.includes('.')) - Number(other.includes('.')))
    .slice(0, most)
}

/** What the block adds beside the lead's own fields: its required properties. */
const ownNames = (output: FieldSchema): string[] => output.required ?? []
