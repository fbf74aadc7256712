import { Type, type Static } from 'typebox'
import { Mode } from './scope.ts'

/** A workspace's account at a connector, as it is shown: never with a secret. */
export const Connection = Type.Object(
  {
    id: Type.String(),
    connector: Type.String(),
    name: Type.String({ description: 'What the person calls it' }),
    mode: Mode,
    consent: Type.Boolean({
      description:
        'Whether it is connected on the vendor’s own page: POST /v1/connections/{id}/authorize gives its address',
    }),
    status: Type.Unsafe<'untested' | 'working' | 'refused' | 'needs_reconnect'>({
      type: 'string',
      enum: ['untested', 'working', 'refused', 'needs_reconnect'],
      description:
        'untested: the service was not asked yet, or could not be reached; refused: it was, and takes this account not',
    }),
    statusMessage: Type.Optional(Type.String()),
    fields: Type.Record(Type.String(), Type.String(), { description: 'The fields that are not secret' }),
    secrets: Type.Array(Type.String(), { description: 'Names of the secret fields that are set' }),
    createdAt: Type.String({ format: 'date-time' }),
    testedAt: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { $id: 'Connection' },
)
export type Connection = Static<typeof Connection>

/** Whether the vendor takes an account, in words for a person. */
export const KeyTest = Type.Object({ ok: Type.Boolean(), message: Type.String(), connection: Connection })
export type KeyTest = Static<typeof KeyTest>

/** The person's own OAuth client at a vendor, shared by all accounts there; never with its secret. */
export const App = Type.Object({ connector: Type.String(), clientId: Type.String() }, { $id: 'App' })
export type App = Static<typeof App>

export const ConnectionInput = Type.Object(
  {
    connector: Type.String({ description: 'Id of the connector, e.g. hubspot' }),
    name: Type.Optional(Type.String({ maxLength: 100 })),
    fields: Type.Record(Type.String(), Type.String(), {
      description: 'What the connector’s auth fields ask for, secrets too',
    }),
    limits: Type.Optional(
      Type.Array(
        Type.Object({ calls: Type.Integer({ minimum: 1 }), per: Type.String({ pattern: '^\\d+(ms|s|m|h|d)$' }) }),
        {
          description: 'Your own plan’s limits, where they differ from the connector’s',
        },
      ),
    ),
    creditPrice: Type.Optional(Type.Integer({ minimum: 0, description: 'What you pay for one credit, micro-USD' })),
  },
  { $id: 'ConnectionInput' },
)
export type ConnectionInput = Static<typeof ConnectionInput>
