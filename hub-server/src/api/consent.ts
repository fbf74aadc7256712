import { Type } from 'typebox'
import { Url } from '../contracts/bounded.ts'
import { HubError } from '../contracts/errors.ts'
import type { ConsentDesk } from '../accounts/consent.ts'
import type { ConnectionParts } from './connections.ts'
import { failurePage } from './failure-page.ts'
import { ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

/** Where vendors send a person back to; what is registered at the vendor is PUBLIC_URL with this path. */
export const callbackPath = '/oauth/callback'

export interface ConsentParts extends ConnectionParts {
  readonly consent: ConsentDesk
}

/** Connecting an account on the vendor's own page. */
export const consentRoutes = ({ consent, testConnection }: ConsentParts): Route[] => [
  route({
    method: 'post',
    path: '/v1/connections/{id}/authorize',
    group: 'Connections',
    permission: 'connections.write',
    summary:
      'The address of the vendor’s page on which a person lets the hub into this account; good for a quarter ' +
      'of an hour',
    answers: { 200: Type.Object({ url: Url() }) },
    handle: async ({ caller, params }) => ok({ url: await consent.begin(caller, idOf(params)) }),
  }),
  route({
    method: 'get',
    path: callbackPath,
    group: 'Connections',
    summary: 'Where the vendor’s page sends the person back to: ends at the page of connections',
    permission: 'open',
    unlisted: true,
    query: Type.Object({
      state: Type.Optional(Type.String({ maxLength: 500 })),
      code: Type.Optional(Type.String({ maxLength: 5000 })),
      error: Type.Optional(Type.String({ maxLength: 500 })),
      error_description: Type.Optional(Type.String({ maxLength: 2000 })),
    }),
    answers: { 303: null },
    handle: async ({ query, response }) => {
      response.setHeader('Referrer-Policy', 'no-referrer').setHeader('Cache-Control', 'no-store')
      try {
        const { scope, connection, connector } = await consent.finish(query)
        await testConnection(scope, connection)
        response.redirect(303, `/connect?connector=${connector}`)
      } catch (thrown) {
        if (!(thrown instanceof HubError)) throw thrown
        response.status(400).type('html').send(failurePage(words, thrown))
      }
      return { status: 303 }
    },
  }),
]

const words = {
  title: 'Not connected',
  heading: 'The account is not connected',
  back: { path: '/connect', text: 'Back to your connections' },
}
