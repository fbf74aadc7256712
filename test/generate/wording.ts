import type { FieldSchema } from './schema.ts'

/** What a field says in n8n, by n8n's rules of wording (its linter holds them). */
export interface Wording {
  displayName: string
  name: string
  description?: string
  placeholder?: string
}

const example = /^e\.g\. /

/** More than one sentence ends with a period, one does not; "ID" is written so. */
const polished = (text: string) => {
  const withIds = text.replace(/\bIds?\b/g, (id) => id.replace('Id', 'ID'))
  return /(?<!e\.g)\. /.test(withIds) && !/[.?!]$/.test(withIds) ? `${withIds}.` : withIds
}

const descriptionOf = (name: string, schema: FieldSchema) => {
  if (name === 'limit') return 'Max number of results to return'
  if (schema.description === undefined || example.test(schema.description)) return undefined
  return polished(schema.description)
}

/** An example in the form; n8n wants its own one for an e-mail. */
const placeholderOf = (name: string, schema: FieldSchema) => {
  if (typeof schema.examples?.[0] === 'string') return `e.g. ${schema.examples[0]}`
  if (schema.description !== undefined && example.test(schema.description)) return schema.description
  return name === 'email' && schema.type === 'string' ? 'name@email.com' : undefined
}

export const wordingOf = (name: string, schema: FieldSchema): Wording => {
  const description = descriptionOf(name, schema)
  const placeholder = placeholderOf(name, schema)
  return {
    displayName: schema.title ?? name,
    name,
    ...(description !== undefined && { description }),
    ...(placeholder !== undefined && { placeholder }),
  }
}

/** n8n's fixed sentence for a list that is loaded; what the contract says comes before it. */
export const loadedDescription = (schema: FieldSchema) =>
  `${schema.description?.replace(/\.$/, '')}. Choose from the list, or specify ` +
  `${schema.type === 'array' ? 'IDs' : 'an ID'} using an <a ` +
  'href="https://docs.n8n.io/code/expressions/">expression</a>.'
