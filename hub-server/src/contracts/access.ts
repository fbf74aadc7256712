import { Type, type Static } from 'typebox'
import { Count, Id, Line, lengths, ListOf, MapOf, Moment, Text } from './bounded.ts'
import { Mode } from './scope.ts'

/** So many of a kind a workspace has at most. */
const most = { maxItems: lengths.entries }
const Scopes = Type.Union([ListOf(Id(), { maxItems: 100 }), Type.Null()], {
  description:
    'What it may do: permissions (leads.read) or groups of them (leads); null: all but what is about people and keys',
})
const Networks = Type.Union([ListOf(Id({ maxLength: 60 }), { maxItems: 100 }), Type.Null()], {
  description: 'Addresses and ranges that it is good from, like 10.0.0.0/8; null: from anywhere',
})
const PerMinute = Type.Union([Count({ minimum: 1, maximum: 1_000_000 }), Type.Null()], {
  description: 'Requests a minute; null: as many as any key',
})
const Name = Type.String({ minLength: 1, maxLength: 200 })
const OrNever = (description: string) => Type.Union([Moment(), Type.Null()], { description })

/** A key, never with its secret. */
export const ApiKey = Type.Object(
  {
    id: Id(),
    name: Line(),
    mode: Mode,
    scopes: Scopes,
    readOnly: Type.Boolean(),
    expiresAt: OrNever('From then on it is refused'),
    networks: Networks,
    requestsPerMinute: PerMinute,
    createdAt: Moment(),
    revokedAt: OrNever('Since then it is refused'),
    lastUsedAt: OrNever('To the minute'),
    lastUsedFrom: Type.Union([Id(), Type.Null()], { description: 'The address that it was last used from' }),
    madeBy: Type.Union([Line(), Type.Null()]),
    replaces: Type.Union([Id(), Type.Null()], { description: 'The key that it takes the place of' }),
  },
  { $id: 'ApiKey' },
)
export type ApiKey = Static<typeof ApiKey>

export const NewKey = Type.Object(
  {
    name: Name,
    mode: Mode,
    scopes: Type.Optional(Scopes),
    readOnly: Type.Optional(Type.Boolean()),
    expiresAt: Type.Optional(OrNever('When it ends')),
    networks: Type.Optional(Networks),
    requestsPerMinute: Type.Optional(PerMinute),
  },
  { additionalProperties: false },
)
export type NewKey = Static<typeof NewKey>

/** A key that was just made: its secret is shown this once. */
export const MadeKey = Type.Object({
  key: ApiKey,
  secret: Line({ description: 'The key itself: it is shown this once' }),
})

export const Role = Type.Object(
  {
    id: Id(),
    about: Text(),
    permissions: ListOf(Id(), { maxItems: 100 }),
    own: Type.Boolean({ description: 'Made by this workspace' }),
  },
  { $id: 'Role' },
)

export const Member = Type.Object(
  {
    id: Id(),
    email: Type.Union([Line(), Type.Null()]),
    name: Line(),
    role: Id(),
    fromGroups: Type.Boolean({ description: 'By groups at the provider of sign-ins' }),
    hasPassword: Type.Boolean(),
    disabled: Type.Boolean({ description: 'Whether the account is switched off' }),
    since: Moment(),
  },
  { $id: 'Member' },
)
export type Member = Static<typeof Member>

/** Of the one who has signed in here. */
export const SessionAnswer = Type.Object(
  {
    person: Type.Object({ id: Id(), name: Line(), email: Type.Union([Line(), Type.Null()]) }),
    workspaces: ListOf(
      Type.Object({ id: Id(), name: Line(), role: Id(), permissions: ListOf(Id(), { maxItems: 100 }) }),
      most,
    ),
    csrf: Id({ description: 'To be sent as Hub-CSRF with whatever changes something' }),
    expiresAt: Moment(),
    /** The person has signed in by a link and has no password yet. */
    needsPassword: Type.Boolean(),
  },
  { $id: 'Session' },
)

export const AuditEntry = Type.Object(
  {
    seq: Count({ description: '1, 2, 3 … without a gap' }),
    at: Moment(),
    mode: Type.Union([Mode, Type.Null()]),
    actor: Type.Object({ kind: Id(), id: Id(), name: Line() }),
    action: Line({ description: 'The route, or subject.happened' }),
    subject: Type.Optional(Id({ description: 'Id of what it was done to' })),
    address: Id({ description: 'Where it came from' }),
    outcome: Type.Unsafe<'done' | 'refused' | 'failed' | 'unknown'>({
      type: 'string',
      enum: ['done', 'refused', 'failed', 'unknown'],
      description: 'unknown: the hub ended before it was over',
    }),
    details: MapOf(Type.Unknown(), { description: 'Names of fields, counts', 'x-plain': true }),
    seal: Line({ description: 'Over this entry and the seal of the one before' }),
  },
  { $id: 'AuditEntry' },
)

export const AuditCheck = Type.Object({
  entries: Count(),
  good: Type.Boolean(),
  faults: ListOf(Type.Object({ seq: Count(), what: Line() })),
})
