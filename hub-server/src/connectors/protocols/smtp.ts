import nodemailer from 'nodemailer'
import { HubError } from '../../contracts/errors.ts'
import type { VendorAnswer, VendorRequest } from '../types.ts'

/**
 * What a mail server's reply means, as the HTTP status that means the same. RFC 5321 4.2, RFC 4954 6. With 4yz "the
 * requested action did not occur" and may be asked for again, so it is no outcome that nobody knows: 429.
 */
const statusOf = (code: number): number => {
  if (code < 400) return 200
  if ([530, 534, 535, 538].includes(code)) return 401
  if (code === 452 || code === 552) return 402
  if (code < 500) return 429
  return 422
}

/**
 * Hands one message to a mail server, or only logs in (method VERIFY). The url is smtp(s)://user:password@host:port;
 * port 465 is encrypted from the start, the others by STARTTLS where the server offers it.
 * @returns a status as HTTP would have it; body {messageId, accepted, rejected}, or {code, message}
 * @throws HubError unavailable or timeout when it is not known what became of the message
 */
export const performSmtp = async (request: VendorRequest, { signal }: { signal: AbortSignal }): Promise<VendorAnswer> => {
  if (signal.aborted) throw new HubError('cancelled', 'This was cancelled before it was sent.')
  const url = new URL(request.url)
  const port = Number(url.port || (url.protocol === 'smtps:' ? 465 : 587))
  const transport = nodemailer.createTransport({
    host: url.hostname,
    port,
    secure: url.protocol === 'smtps:' || port === 465,
    ...(request.through !== undefined && { proxy: proxyOf(request), secure: false, ignoreTLS: true }),
    ...(url.username && { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: request.timeoutMs,
    greetingTimeout: request.timeoutMs,
    socketTimeout: request.timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const stop = (): void => transport.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (request.method === 'VERIFY') {
      await transport.verify()
      return answer(200, {})
    }
    const { messageId, accepted, rejected } = await transport.sendMail(messageOf(request))
    return answer(200, { messageId, accepted, rejected })
  } catch (thrown) {
    return refusal(request, url.host, thrown)
  } finally {
    signal.removeEventListener('abort', stop)
    transport.close()
  }
}

/** The stand-in as nodemailer is told of it: for which connector and server it stands, it learns as the proxy's user. */
const proxyOf = ({ through = '', connector, server }: VendorRequest): string => Object.assign(new URL('/', through), { username: connector, password: server }).href

const messageOf = (request: VendorRequest): object => {
  const message: unknown = typeof request.body === 'string' ? JSON.parse(request.body) : undefined
  if (typeof message === 'object' && message !== null) return message
  throw new HubError('invalid_input', 'There is no message to send.', { provider: request.connector })
}

const answer = (status: number, body: object): VendorAnswer => ({ status, headers: {}, body, text: JSON.stringify(body) })

const refusal = (request: VendorRequest, host: string, thrown: unknown): VendorAnswer => {
  const fields: { responseCode?: unknown; code?: unknown; originalCode?: unknown; timeoutType?: unknown; response?: unknown } = typeof thrown === 'object' && thrown !== null ? thrown : {}
  if (typeof fields.responseCode === 'number') return answer(statusOf(fields.responseCode), { code: fields.responseCode, message: typeof fields.response === 'string' ? fields.response : 'refused' })
  // nodemailer's own codes (ESOCKET, ETIMEDOUT) do not say whether anything was sent; these do.
  const code = [fields.timeoutType, fields.originalCode, fields.code].find((one) => typeof one === 'string')
  const provider = { provider: request.connector, cause: Object.assign(new Error(code ?? 'no connection', { cause: thrown }), { code }) }
  if (fields.code === 'ETIMEDOUT') throw new HubError('timeout', `${host} did not answer in time.`, provider)
  if (fields.code === 'EENVELOPE') return answer(422, { message: 'The sender or the recipient is not an address.' })
  if (fields.code === 'EAUTH') return answer(401, { message: 'The user name or the password was refused.' })
  throw new HubError('unavailable', `${host} cannot be reached${code === undefined ? '' : ` (${code})`}.`, provider)
}
