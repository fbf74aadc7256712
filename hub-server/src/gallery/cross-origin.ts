import type { RequestHandler } from 'express'

/** localhost and 127.0.0.1 are one machine; people open n8n under either name. */
const sameMachine = (address: string) =>
  URL.canParse(address) ? new URL(address).origin.replace('//127.0.0.1', '//localhost') : address

/**
 * Lets n8n's pages, and no others, read the gallery. They ask with credentials, so the exact origin has to be
 * named: `*` is refused by the browser then.
 * @param allowed where n8n's editor is, e.g. http://127.0.0.1:5678; without it no other page may read
 */
export const crossOrigin =
  (allowed: string | undefined): RequestHandler =>
  (request, response, next) => {
    const { origin } = request.headers
    response.vary('Origin')
    if (allowed !== undefined && origin !== undefined && sameMachine(origin) === sameMachine(allowed)) {
      response.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
        'Access-Control-Allow-Headers': 'n8n-version, content-type',
        // A hub on the user's own machine, asked by a page from elsewhere (private network access).
        'Access-Control-Allow-Private-Network': 'true',
        'Cross-Origin-Resource-Policy': 'cross-origin',
      })
    }
    if (request.method === 'OPTIONS') response.status(204).end()
    else next()
  }
