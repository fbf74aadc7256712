import { HubError } from '../contracts/errors.ts'

/**
 * The site's robots.txt asks robots not to read this page. Kind `forbidden`, told apart because callers skip rather
 * than fail.
 */
export class RobotsRefusal extends HubError {
  constructor(url: URL) {
    super('forbidden', `${url.host} asks robots not to read ${url.pathname} (robots.txt).`, {
      advice: 'Nothing to do. If the site’s owner allows it, switch off “Respect robots.txt”.',
    })
    this.name = 'RobotsRefusal'
  }
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''

const isTls = (code: string): boolean =>
  code.startsWith('ERR_TLS') ||
  code.startsWith('ERR_SSL') ||
  code.startsWith('CERT_') ||
  code.includes('CERT') ||
  code === 'EPROTO'

/** What went wrong on the way to a host, as a person can use it. A HubError passes as it is. */
export const webError = (thrown: unknown, host: string): HubError => {
  if (thrown instanceof HubError) return thrown
  // Node tries several addresses and reports them together.
  const cause = thrown instanceof AggregateError ? (thrown.errors[0] as unknown) : thrown
  const code = codeOf(cause)
  if (code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EAI_NONAME') return noSuchHost(host, thrown)
  if (code === 'EAI_AGAIN' || code === 'ESERVFAIL' || code === 'ETIMEOUT') {
    return new HubError('unavailable', `The name ${host} could not be looked up just now.`, { cause: thrown })
  }
  if (isTls(code)) {
    return new HubError('unavailable', `${host} has no valid certificate (${code}).`, {
      advice: 'Give the address with http://, or tell the site’s owner.',
      cause: thrown,
    })
  }
  if (code === 'ECONNREFUSED')
    return new HubError('unavailable', `${host} does not accept connections.`, { cause: thrown })
  if (code === 'ETIMEDOUT') return new HubError('timeout', `${host} did not answer.`, { cause: thrown })
  if (
    code.startsWith('Z_') ||
    code.startsWith('ERR__ERROR_') ||
    code === 'ERR_PADDING' ||
    code.startsWith('ERR_BROTLI')
  ) {
    return new HubError('bad_response', `${host} sent a page whose compression is damaged.`, { cause: thrown })
  }
  if (code.startsWith('HPE_'))
    return new HubError('bad_response', `${host} does not speak proper HTTP (${code}).`, { cause: thrown })
  if (code) return new HubError('unavailable', `The connection to ${host} broke off (${code}).`, { cause: thrown })
  return new HubError('unavailable', `${host} could not be read.`, { cause: thrown })
}

export const noSuchHost = (host: string, cause?: unknown): HubError =>
  new HubError('not_found', `There is no website at ${host}: the name does not exist.`, {
    advice: 'Check the spelling of the address.',
    cause,
  })

export const cancelled = (cause?: unknown): HubError => new HubError('cancelled', 'Reading was cancelled.', { cause })
