import { Type } from 'typebox'
import { Id, Line } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

const kinds = [
  'list',
  'tag',
  'robot',
  'document',
  'table',
  'column',
  'form',
  'channel',
  'page',
  'template',
  'owner',
  'pipeline',
  'model',
] as const

/** What a form offers to choose from, so that nobody copies ids from one page to another. */
export const listOptions = capability({
  name: 'listOptions',
  description: 'Lists what there is to choose from at a service: its lists, tags, robots, tables …',
  effect: 'read',
  expiryDays: 0,
  variants: { field: 'of', names: kinds },
  input: Type.Object({
    of: Type.Unsafe<(typeof kinds)[number]>({ type: 'string', enum: [...kinds] }),
    within: Type.Optional(
      Id({ description: 'Id of what they belong to: the document of a table, the page of a form' }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 }),
  }),
  output: Type.Object({
    value: Line({ description: 'The service’s own id' }),
    label: Line({ description: 'What a person reads' }),
  }),
  key: exactKey,
})
