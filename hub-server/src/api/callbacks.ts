import { Type } from 'typebox'
import { noContent, route, type Route } from './route.ts'

export interface CallbackParts {
  readonly takeCallback: (token: string, body: unknown) => Promise<void>
}

/** Where services deliver answers that they promised for later. The address itself is the secret. */
export const callbackRoutes = ({ takeCallback }: CallbackParts): Route[] => [
  route({
    method: 'post',
    path: '/v1/callbacks/{token}',
    group: 'Connections',
    summary: 'A service’s later answer',
    open: true,
    unlisted: true,
    body: Type.Unknown(),
    answers: { 204: null },
    handle: async ({ params, body }) => noContent(takeCallback(params.token ?? '', body)),
  }),
]
