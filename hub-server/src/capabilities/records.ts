import { Type, type Static } from 'typebox'
import { Id, Line, ListOf, MapOf, Real, Text, Url } from '../contracts/bounded.ts'
import { ObjectType } from '../contracts/lead.ts'
import { capability, stableKey } from './capability.ts'

const kinds = { field: 'object', names: ['contact', 'company', 'deal'] }

const Values = MapOf(Type.Unknown())

const RecordShape = {
  id: Id({ description: 'The outside system’s own id' }),
  fields: MapOf(Type.Unknown(), { description: 'Standard fields, by our names' }),
  custom: Type.Optional(MapOf(Type.Unknown(), { description: 'All other fields, by the system’s names' })),
  url: Type.Optional(Url({ description: 'Where a person can look at it' })),
  updatedAt: Type.Optional(Line({ description: 'ISO 8601' })),
}

/** What a single record is known by: its id, or what it is found by. */
const Known = {
  object: ObjectType,
  id: Type.Optional(Id({ minLength: 1, description: 'The outside system’s own id, where it is known' })),
  key: Id({ description: 'What the record is found by: e-mail of a contact, domain of a company' }),
}

export const NotWritten = Type.Object({
  field: Line({ description: 'Our name of a standard field, or the system’s name of a custom one' }),
  reason: Text({ description: 'Why it was not written' }),
})
export type NotWritten = Static<typeof NotWritten>

export const upsertRecords = capability({
  name: 'upsertRecords',
  group: 'CRM',
  description: 'Creates a record in the CRM, or updates the one that is there',
  effect: 'upsert',
  expiryDays: 0,
  variants: kinds,
  input: Type.Object({
    ...Known,
    fields: Values,
    custom: Type.Optional(Values),
    companyId: Type.Optional(Line({ description: 'Id of the company’s record, where the CRM ties a contact to one' })),
    absent: Type.Optional(
      Type.Boolean({ description: 'It was looked for and is not there: it is created without looking again' }),
    ),
  }),
  output: Type.Object({
    id: Id({ description: 'The outside system’s own id' }),
    outcome: Type.Unsafe<'created' | 'updated' | 'unchanged'>({
      type: 'string',
      enum: ['created', 'updated', 'unchanged'],
      description: 'unchanged: nothing of what was given can be written, so nothing was sent',
    }),
    url: Type.Optional(Url()),
    version: Type.Optional(Id()),
    record: Type.Optional(
      Type.Object(
        {
          fields: Type.Optional(Values),
          custom: Type.Optional(Values),
          whole: Type.Optional(Type.Boolean({ description: 'All fields are told: one that is missing is empty' })),
        },
        { description: 'What stands in the record now, as far as the answer tells' },
      ),
    ),
    notWritten: Type.Optional(ListOf(NotWritten, { description: 'Fields that were not written, and why' })),
  }),
  key: ({ object, key }) => `${object}:${key.trim().toLowerCase()}`,
})

export const readRecords = capability({
  name: 'readRecords',
  group: 'CRM',
  description: 'Reads single records of the CRM, by id or by what they are found by',
  effect: 'read',
  expiryDays: 0,
  variants: kinds,
  input: Type.Object({
    ...Known,
    name: Type.Optional(
      Line({ description: 'Name of the company, for a CRM that does not look for companies by their domains' }),
    ),
    custom: Type.Optional(ListOf(Line(), { description: 'Further fields to return, by the system’s names' })),
  }),
  output: Type.Object({
    ...RecordShape,
    companyId: Type.Optional(Line({ description: 'Id of the record of a contact’s company' })),
  }),
  key: ({ key, ...others }) => stableKey({ ...others, key: key.trim().toLowerCase() }),
})

export const searchRecords = capability({
  name: 'searchRecords',
  group: 'CRM',
  description: 'Looks for records in the CRM',
  effect: 'read',
  expiryDays: 0,
  variants: kinds,
  input: Type.Object({
    object: ObjectType,
    where: Type.Optional(
      ListOf(
        Type.Object({
          field: Line({ description: 'Our name of a standard field, or the system’s name of a custom one' }),
          is: Type.Unsafe<'equal' | 'not_equal' | 'contains' | 'greater' | 'less' | 'known' | 'unknown'>({
            type: 'string',
            enum: ['equal', 'not_equal', 'contains', 'greater', 'less', 'known', 'unknown'],
          }),
          value: Type.Optional(Type.Unknown()),
        }),
        { description: 'All of them must hold' },
      ),
    ),
    custom: Type.Optional(ListOf(Line(), { description: 'Further fields to return, by the system’s names' })),
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 100 }),
  }),
  output: Type.Object(RecordShape),
  key: stableKey,
})

export const listRecordChanges = capability({
  name: 'listRecordChanges',
  group: 'CRM',
  description: 'Lists the records that changed since a moment, oldest first',
  effect: 'read',
  expiryDays: 0,
  variants: kinds,
  input: Type.Object({
    object: ObjectType,
    since: Line({ description: 'ISO 8601' }),
    custom: Type.Optional(ListOf(Line())),
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 }),
  }),
  output: Type.Object({ ...RecordShape, deleted: Type.Optional(Type.Boolean()) }),
  key: stableKey,
})

export const describeFields = capability({
  name: 'describeFields',
  group: 'CRM',
  description: 'Lists the fields that the CRM knows for a kind of record',
  effect: 'read',
  expiryDays: 0,
  variants: kinds,
  input: Type.Object({ object: ObjectType }),
  output: Type.Object({
    name: Line({ description: 'The system’s name of the field' }),
    label: Line(),
    type: Type.Unsafe<'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'choice' | 'choices' | 'other'>({
      type: 'string',
      enum: ['text', 'number', 'boolean', 'date', 'datetime', 'choice', 'choices', 'other'],
    }),
    standard: Type.Optional(Line({ description: 'Our name of it, where it is a standard field' })),
    custom: Type.Boolean({ description: 'Made by the account’s owner' }),
    writable: Type.Boolean(),
    options: Type.Optional(
      ListOf(
        Type.Object({
          value: Type.Unsafe<string | number>({
            anyOf: [Line(), Real()],
            description: 'As the system wants it',
          }),
          label: Line(),
        }),
      ),
    ),
  }),
  key: ({ object }) => object,
})

export const deleteRecords = capability({
  name: 'deleteRecords',
  group: 'CRM',
  description: 'Deletes a record in the CRM, as far as the CRM deletes',
  effect: 'upsert',
  expiryDays: 0,
  variants: kinds,
  input: Type.Object({
    object: ObjectType,
    id: Id({ minLength: 1, description: 'The outside system’s own id' }),
  }),
  output: Type.Object({ id: Id() }),
  key: ({ object, id }) => `${object}:${id}`,
})

export const associateRecords = capability({
  name: 'associateRecords',
  group: 'CRM',
  description: 'Ties two records of the CRM together, such as a contact and its company',
  effect: 'upsert',
  expiryDays: 0,
  variants: kinds,
  input: Type.Object({
    object: ObjectType,
    id: Id({ minLength: 1, description: 'The outside system’s own id of the record' }),
    to: Type.Object({ object: ObjectType, id: Id({ minLength: 1 }) }, { description: 'The record that it belongs to' }),
  }),
  output: Type.Object({ id: Id(), to: Line() }),
  key: ({ object, id, to }) => `${object}:${id}:${to.object}:${to.id}`,
})
