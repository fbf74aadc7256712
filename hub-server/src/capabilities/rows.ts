import { Type } from 'typebox'
import { Id, MapOf } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

const place = {
  document: Id({ minLength: 1, description: 'The service’s own id of the spreadsheet or base' }),
  table: Id({ minLength: 1, description: 'Name or id of the sheet or table in it' }),
}
const Values = (description: string) => MapOf(Type.Unknown(), { description })

export const readRows = capability({
  name: 'readRows',
  group: 'Rows',
  description: 'Reads the rows of a table',
  effect: 'read',
  expiryDays: 0,
  input: Type.Object({ ...place, limit: Type.Integer({ minimum: 1, maximum: 100_000, default: 1000 }) }),
  output: Type.Object({
    id: Type.Optional(Id({ description: 'The service’s own id or number of the row' })),
    values: Values('By the names of the columns'),
  }),
  key: exactKey,
})

export const writeRows = capability({
  name: 'writeRows',
  group: 'Rows',
  description: 'Writes a row of a table: a new one, or over the one that has the same values in the key columns',
  effect: 'upsert',
  expiryDays: 0,
  input: Type.Object({
    ...place,
    key: Type.Array(Id({ minLength: 1 }), {
      minItems: 1,
      maxItems: 3,
      description: 'Columns that tell rows apart, such as E-mail: the same values there are the same row',
    }),
    values: Values('By the names of the columns; columns that are not named keep what they hold'),
  }),
  output: Type.Object({
    id: Type.Optional(Id()),
    outcome: Type.Unsafe<'created' | 'updated'>({ type: 'string', enum: ['created', 'updated'] }),
  }),
  key: ({ document, table, key, values }) =>
    exactKey([
      document,
      table,
      key.map((column) => [
        column,
        String(values[column] ?? '')
          .trim()
          .toLowerCase(),
      ]),
    ]),
})
