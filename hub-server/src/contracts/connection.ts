import { Type, type Static } from 'typebox'
import { Count, greatestInteger, Id, Line, ListOf, MapOf, Moment, Text } from './bounded.ts'
import { Mode } from './scope.ts'

/** A workspace's account at a connector, as it is shown: never with a secret. */
export const Connection = Type.Object(
  {
    id: Id(),
    connector: Id(),
    name: Line({ description: 'What the person calls it' }),
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
    statusMessage: Type.Optional(Text()),
    fields: MapOf(Text(), { description: 'The fields that are not secret' }),
    secrets: ListOf(Line(), { description: 'Names of the secret fields that are set' }),
    createdAt: Moment(),
    testedAt: Type.Optional(Moment()),
  },
  { $id: 'Connection' },
)
export type Connection = Static<typeof Connection>

/** Whether the vendor takes an account, in words for a person. */
export const KeyTest = Type.Object({ ok: Type.Boolean(), message: Text(), connection: Connection })
export type KeyTest = Static<typeof KeyTest>

/** The person's own OAuth client at a vendor, shared by all accounts there; never with its secret. */
export const App = Type.Object({ connector: Id(), clientId: Line() }, { $id: 'App' })
export type App = Static<typeof App>

export const ConnectionInput = Type.Object(
  {
    connector: Id({ description: 'Id of the connector, e.g. hubspot' }),
    name: Type.Optional(Type.String({ maxLength: 100 })),
    fields: MapOf(Text(), {
      maxProperties: 100,
      description: 'What the connector’s auth fields ask for, secrets too',
    }),
    limits: Type.Optional(
      ListOf(
        Type.Object({
          calls: Count({ minimum: 1, maximum: greatestInteger }),
          per: Line({ pattern: '^\\d{1,6}(ms|s|m|h|d)$', maxLength: 8 }),
        }),
        {
          maxItems: 20,
          description: 'Your own plan’s limits, where they differ from the connector’s',
        },
      ),
    ),
    creditPrice: Type.Optional(
      Count({ maximum: greatestInteger, description: 'What you pay for one credit, micro-USD' }),
    ),
  },
  { $id: 'ConnectionInput' },
)
export type ConnectionInput = Static<typeof ConnectionInput>
