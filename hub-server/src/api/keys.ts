import { Type, type Static } from 'typebox'
import { permissionsOfKey, rangesOf, type ApiKey, type ApiKeys, type NewKey } from '../access/api-keys.ts'
import { requireAll, type Caller } from '../access/rights/caller.ts'
import { isScope } from '../access/rights/permissions.ts'
import { ApiKey as KeyShape, MadeKey, NewKey as NewKeyShape } from '../contracts/access.ts'
import { lengths, ListOf } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import { ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

const group = 'Keys'
const hourMs = 3_600_000
const longestOverlapHours = 24 * 90

export const shownKey = ({ createdAt, expiresAt, revokedAt, lastUsedAt, scopes, networks, ...key }: ApiKey) => ({
  ...key,
  scopes: scopes === null ? null : [...scopes],
  networks: networks === null ? null : [...networks],
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
  revokedAt: revokedAt?.toISOString() ?? null,
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})

/** What is asked for, if it is right and no more than the caller has. */
export const limitsOf = (caller: Caller, body: Static<typeof NewKeyShape>): NewKey => {
  const { scopes = null, networks = null, readOnly = false, requestsPerMinute = null } = body
  const unknown = scopes?.filter((scope) => !isScope(scope)) ?? []
  if (unknown.length > 0)
    throw new HubError('invalid_input', `These are no scopes: ${unknown.join(', ')}.`, {
      advice:
        'docs/permissions.md and GET /v1/permissions list them; the word before the dot stands for all of its ' +
        'group.',
    })
  if (networks) rangesOf(networks)
  const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null
  if (expiresAt && expiresAt.getTime() <= Date.now())
    throw new HubError('invalid_input', 'The key would have expired already.', { advice: 'Name a later day.' })
  requireAll(caller, permissionsOfKey({ scopes, readOnly }), 'This key')
  const { name, mode } = body
  return { name, mode, scopes, readOnly, networks, expiresAt, requestsPerMinute }
}

/** @throws HubError invalid_input */
export const requireOverlap = (hours: number): void => {
  if (hours <= longestOverlapHours) return
  throw new HubError('invalid_input', `The old key cannot go on for ${hours} hours.`, {
    advice: `Give ${longestOverlapHours} hours at most.`,
  })
}

export const keyRoutes = (keys: ApiKeys): Route[] => [
  route({
    method: 'get',
    path: '/v1/keys',
    group,
    permission: 'keys.read',
    summary: 'The API keys of both modes, never with their secrets',
    answers: { 200: Type.Object({ keys: ListOf(KeyShape, { maxItems: lengths.manyEntries }) }) },
    handle: async ({ caller }) => ok({ keys: (await keys.list(caller.workspace)).map(shownKey) }),
  }),
  route({
    method: 'post',
    path: '/v1/keys',
    group,
    permission: 'keys.write',
    summary: 'Makes a key; its secret is in this answer and nowhere else',
    body: NewKeyShape,
    answers: { 201: MadeKey },
    handle: async ({ caller, body, note }) => {
      const { key, secret } = await keys.make(caller.workspace, limitsOf(caller, body), caller.actor.name)
      const { id, name, mode, scopes, readOnly } = key
      note({ subject: id, details: { after: { name, mode, scopes, readOnly } } })
      return { status: 201, body: { key: shownKey(key), secret } }
    },
  }),
  route({
    method: 'post',
    path: '/v1/keys/{id}/rotate',
    group,
    permission: 'keys.write',
    summary: 'Makes a key with the same limits in its place; the old one goes on for a while',
    body: Type.Object(
      {
        overlapHours: Type.Number({
          minimum: 0,
          maximum: longestOverlapHours,
          default: 24,
          description: 'So long the old one is good, too',
        }),
      },
      { additionalProperties: false },
    ),
    answers: { 201: MadeKey },
    handle: async ({ caller, params, body, note }) => {
      const id = idOf(params)
      requireAll(caller, permissionsOfKey(await keys.get(caller.workspace, id)), 'This key')
      const { key, secret } = await keys.rotate(caller.workspace, id, body.overlapHours * hourMs, caller.actor.name)
      note({ subject: id, details: { replacedBy: key.id, overlapHours: body.overlapHours } })
      return { status: 201, body: { key: shownKey(key), secret } }
    },
  }),
  route({
    method: 'post',
    path: '/v1/keys/{id}/revoke',
    group,
    permission: 'keys.write',
    summary: 'Revokes a key: from now on it is refused',
    answers: { 200: KeyShape },
    handle: async ({ caller, params }) => ok(shownKey(await keys.revoke(caller.workspace, idOf(params)))),
  }),
]
