import { Type, type Static } from 'typebox'
import { Auth } from './auth.ts'
import { Limit, LimitHeaders, Operation } from './operation.ts'
import { Day, ErrorRow, Fields, Optional, Value } from './parts.ts'
import { Receive } from './receive.ts'

const MapEntry = Type.Unsafe<string | { name: string; values?: Record<string, string> }>({
  type: ['string', 'object'],
  properties: { name: { type: 'string' }, values: { type: 'object', additionalProperties: { type: 'string' } } },
  required: ['name'],
  additionalProperties: false,
  description: 'The vendor’s name of the field; {name, values: {ours: theirs}} where its values differ too',
})

/** A connector.yaml. Docs for writers: docs/writing-a-connector.md */
export const Manifest = Fields({
  format: Type.Literal(1),
  id: Type.String({
    pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
    maxLength: 100,
    description: 'The vendor’s usual short name; the folder has the same',
  }),
  name: Type.String({ minLength: 1, maxLength: 100, description: 'As the vendor writes it' }),
  description: Optional(
    Type.String({ maxLength: 500, description: 'One sentence, for the page where accounts are connected' }),
  ),
  docs: Type.String({ maxLength: 500, description: 'The vendor’s page about its API' }),
  checked: Optional(
    Fields({
      against: Type.Unsafe<'official' | 'sdk' | 'docs' | 'nothing'>({
        type: 'string',
        enum: ['official', 'sdk', 'docs', 'nothing'],
        description: 'What it was checked against; nothing: shown as Unproven',
      }),
      on: Optional(Day('When')),
      note: Optional(Type.String({ maxLength: 1_000 })),
    }),
  ),
  auth: Auth,
  servers: Type.Record(Type.String(), Type.String(), {
    description: 'Address of each; {expression} pieces and JSONata over the account',
  }),
  limits: Optional(Type.Array(Limit)),
  limitHeaders: Optional(LimitHeaders),
  price: Optional(
    Fields({
      credit: Type.Integer({ minimum: 0, description: 'Micro-USD for one credit' }),
      source: Optional(Type.String({ maxLength: 500 })),
      on: Optional(Day('When it was read')),
      note: Optional(Type.String({ maxLength: 1_000 })),
    }),
  ),
  errors: Optional(Type.Array(ErrorRow)),
  maps: Optional(
    Type.Record(Type.String(), Type.Record(Type.String(), MapEntry), {
      description: 'Our field names → the vendor’s: for $theirs and $ours',
    }),
  ),
  tables: Optional(
    Type.Record(Type.String(), Type.Record(Type.String(), Value), {
      description: 'The vendor’s words → ours: for $table',
    }),
  ),
  operations: Type.Record(Type.String(), Operation, { description: 'By capability, or capability.object' }),
  receives: Optional(Type.Record(Type.String(), Receive, { description: 'What the vendor may send us' })),
})
export type Manifest = Static<typeof Manifest>

/** The schema of connector.yaml, for editors (e.g. the YAML extension's `# yaml-language-server: $schema=`). */
export const connectorJsonSchema = (): Record<string, unknown> => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://ai-now-hub.example/connector-1.json',
  title: 'connector.yaml, format 1',
  ...(JSON.parse(JSON.stringify(Manifest)) as Record<string, unknown>),
})
