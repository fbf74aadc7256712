import type { RequestHandler } from 'express'
import type { Logger } from 'pino'

/** Asked for all the time by what watches over the hub. */
const quiet = new Set(['/health', '/metrics'])

/**
 * One line for each request: by whom, by the key's id and never the key; the route and not the address, in which there
 * may be a secret or somebody's name.
 */
export const logAccess =
  (log: Logger): RequestHandler =>
  (request, response, next) => {
    if (!log.isLevelEnabled('info') || quiet.has(request.path)) return next()
    const began = performance.now()
    response.once('close', () => {
      const route: unknown = request.route
      const path = typeof route === 'object' && route !== null && 'path' in route ? String(route.path) : undefined
      log.info(
        {
          method: request.method,
          route: path,
          status: response.headersSent ? response.statusCode : 0,
          ms: Math.round(performance.now() - began),
          by: response.locals.actor,
          from: request.ip,
        },
        'request',
      )
    })
    next()
  }
