import { Type } from 'typebox'
import type { OauthGrants } from '../access/oauth-server/grants.ts'
import { Id, Line, ListOf, Moment } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import { Mode } from '../contracts/scope.ts'
import { noContent, ok, route, type Call, type Route } from './route.ts'
import { idOf } from './runs.ts'

const Grant = Type.Object({
  id: Id(),
  client: Line({ description: 'What the program calls itself' }),
  scopes: ListOf(Id(), { maxItems: 100 }),
  workspace: Id(),
  mode: Mode,
  since: Moment(),
})

/** Programs that a person has let in (OAuth). */
export const grantRoutes = (grants: OauthGrants): Route[] => [
  route({
    method: 'get',
    path: '/v1/grants',
    group: 'People',
    permission: 'anybody',
    summary: 'Which programs one has let in, and to do what',
    answers: { 200: Type.Object({ grants: ListOf(Grant) }) },
    handle: async ({ caller }) => {
      const mine = await grants.list(personOf(caller))
      return ok({
        grants: mine.map(({ id, client, permissions, workspace, mode, since }) => ({
          id,
          client,
          scopes: [...permissions],
          workspace,
          mode,
          since,
        })),
      })
    },
  }),
  route({
    method: 'delete',
    path: '/v1/grants/{id}',
    group: 'People',
    permission: 'anybody',
    summary: 'Lets a program in no more: all its tokens are worth nothing at once',
    answers: { 204: null },
    handle: async ({ caller, params }) => noContent(grants.revoke(personOf(caller), idOf(params))),
  }),
]

/** Only who has signed in: a program sees and ends no consents. */
const personOf = ({ actor, session }: Call['caller']): string => {
  if (session !== undefined) return actor.id
  throw new HubError('unauthorized', 'Nobody has signed in here.', { advice: 'Sign in at /sign-in.' })
}
