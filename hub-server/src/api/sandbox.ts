import { Type, type Static } from 'typebox'
import { Count, Line, Url } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import { ok, route, type Route } from './route.ts'

const mostCompanies = 2000

export const Companies = Type.Object({
  companies: Type.Array(Type.Object({ website: Url(), name: Line(), domain: Line() }), { maxItems: mostCompanies }),
})
export type Companies = Static<typeof Companies>

/** Companies that exist only in the sandbox, for a first try. */
export const sandboxRoutes = (
  companies: (limit: number, offset: number) => readonly { website: string; name: string; domain: string }[],
): Route[] => [
  route({
    method: 'get',
    path: '/v1/sandbox/companies',
    group: 'Sandbox',
    permission: 'hub.read',
    summary: 'Made-up companies to try flows on (mode test)',
    query: Type.Object({
      limit: Type.Integer({ minimum: 1, maximum: mostCompanies, default: 10 }),
      offset: Count({ maximum: 1_000_000, default: 0 }),
    }),
    answers: { 200: Companies },
    handle: async ({ caller, query }) => {
      if (caller.mode !== 'test')
        throw new HubError('wrong_mode', 'The sandbox’s companies exist only in mode test.', {
          advice: 'Use the test key.',
        })
      return ok({
        companies: companies(query.limit, query.offset).map(({ website, name, domain }) => ({ website, name, domain })),
      })
    },
  }),
]
