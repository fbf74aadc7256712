import { Type } from 'typebox'
import { noContent, route, type Route } from './route.ts'

export interface CallbackParts {
  /** Whether somebody waits for an answer there. @throws HubError not_found for an address that is none */
  readonly expectsCallback: (token: string) => Promise<boolean>
  readonly takeCallback: (token: string, body: unknown) => Promise<void>
}

/** Bytes of one person's or one job's answer. */
const largestAnswer = 1024 * 1024

/** Where services deliver answers that they promised for later. The address itself is the secret. */
export const callbackRoutes = ({ expectsCallback, takeCallback }: CallbackParts): Route[] => [
  route({
    method: 'post',
    path: '/v1/callbacks/{token}',
    group: 'Connections',
    summary: 'A service’s later answer',
    permission: 'open',
    unlisted: true,
    admit: async ({ params }) => ((await expectsCallback(params.token ?? '')) ? undefined : { status: 204 }),
    body: Type.Unknown(),
    bodyBytes: largestAnswer,
    answers: { 204: null },
    handle: async ({ params, body }) => noContent(takeCallback(params.token ?? '', body)),
  }),
]
