import { Readable } from 'node:stream'
import type { Socket } from 'node:net'
import nodemailer from 'nodemailer'
import { HubError } from '../../contracts/errors.ts'
import type { Egress } from '../../egress/egress.ts'
import { canonicalHost } from '../../egress/host.ts'
import { tunnelByConnect } from '../../egress/tunnel.ts'
import type { VendorAnswer, VendorRequest } from '../port/types.ts'
import type { Departure, PerformOptions } from './performRequest.ts'
import { enhancedOf, meaningOf, type Phase } from './smtp-replies.ts'

/**
 * Hands one message to a mail server, or only logs in (method VERIFY). The url is smtp(s)://user:password@host:port;
 * port 465 is encrypted from the start, the others by STARTTLS where the server offers it.
 * @returns a status as HTTP would have it; body {messageId, accepted, rejected}, or
 * {code, enhanced, phase, about, later, message} of a refusal (smtp-replies.ts)
 * @throws HubError unavailable or timeout when the server said nothing: the message may have arrived if
 * `departure.left` was called, which is when its first byte went out after DATA; what the egress policy refuses
 */
export const performSmtp = async (
  request: VendorRequest,
  { signal, egress, departure = atOnce }: PerformOptions,
): Promise<VendorAnswer> => {
  if (signal.aborted) throw new HubError('cancelled', 'This was cancelled before it was sent.')
  const url = new URL(request.url)
  const transport = transportTo(request, url, (mailServer) => openFor(request, mailServer, egress, signal))
  let stoppedBy: unknown
  const leave = async (): Promise<void> => {
    try {
      await departure.leave()
    } catch (thrown) {
      stoppedBy = thrown
      throw thrown
    }
  }
  pace(transport, { ...departure, leave })
  const stop = (): void => transport.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (request.method === 'VERIFY') {
      await leave()
      await transport.verify()
      return answer(200, {})
    }
    const { messageId, accepted, rejected } = await transport.sendMail(messageOf(request))
    return answer(200, { messageId, accepted, rejected })
  } catch (thrown) {
    if (stoppedBy !== undefined) throw stoppedBy
    return refusal(request, url.host, thrown)
  } finally {
    signal.removeEventListener('abort', stop)
    transport.close()
  }
}

const atOnce: Departure = { leave: () => Promise.resolve(), left: () => undefined }

type Transport = ReturnType<typeof transportTo>

interface MailServer {
  readonly host: string
  readonly port: number
}

const transportTo = (request: VendorRequest, url: URL, open: (server: MailServer) => Promise<Socket>) => {
  const port = Number(url.port || (url.protocol === 'smtps:' ? 465 : 587))
  const host = canonicalHost(url.hostname)
  return nodemailer.createTransport({
    host,
    port,
    secure: url.protocol === 'smtps:' || port === 465,
    ...(request.through !== undefined && { secure: false, ignoreTLS: true }),
    ...(url.username && { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    // nodemailer opens no connection itself: the one that it gets goes to a checked address.
    getSocket: (_options, done) => {
      open({ host, port }).then(
        (connection) => done(null, { connection }),
        (thrown: unknown) => done(thrown instanceof Error ? thrown : new Error(String(thrown)), {}),
      )
    },
    connectionTimeout: request.timeoutMs,
    greetingTimeout: request.timeoutMs,
    socketTimeout: request.timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/**
 * A connection to the mail server, or to the stand-in: for which connector and server that stands, it learns as the
 * proxy's user.
 */
const openFor = async (
  { through, connector, server, timeoutMs }: VendorRequest,
  to: MailServer,
  egress: Egress,
  signal: AbortSignal,
): Promise<Socket> => {
  if (through === undefined) return egress.open(to.host, to.port, { signal, timeoutMs })
  const { hostname, port } = new URL(through)
  const over = await egress.open(hostname, Number(port), { signal, timeoutMs })
  return tunnelByConnect(over, to, { timeoutMs, login: { user: connector, password: server } }).catch(
    (cause: unknown): never => {
      throw Object.assign(new Error('no connection', { cause }), { code: 'ECONNRESET' })
    },
  )
}

/**
 * The message is made before, and its stream is first read when the server has answered DATA with 354: so it is known
 * whether any of it left. A connection that breaks before has delivered nothing (RFC 5321 4.1.1.4: only the end of data
 * makes the receiver responsible for it).
 */
const pace = (transport: Transport, { leave, left }: Departure): void =>
  void transport.use('stream', (mail, done) => {
    mail.message.build((error, bytes) => {
      if (error) return done(error)
      const read = function (this: Readable): void {
        leave().then(
          () => {
            left()
            this.push(bytes)
            this.push(null)
          },
          (thrown: unknown) => this.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))),
        )
      }
      mail.message.createReadStream = () => new Readable({ read })
      done()
    })
  })

const messageOf = (request: VendorRequest): object => {
  const message: unknown = typeof request.body === 'string' ? JSON.parse(request.body) : undefined
  if (typeof message === 'object' && message !== null) return message
  throw new HubError('invalid_input', 'There is no message to send.', { provider: request.connector })
}

const answer = (status: number, body: object): VendorAnswer => ({
  status,
  headers: {},
  body,
  text: JSON.stringify(body),
})

/** What nodemailer tells of a failure. */
interface Failed {
  readonly responseCode?: unknown
  readonly response?: unknown
  /** The command that was answered; CONN for what came unasked. */
  readonly command?: unknown
  readonly code?: unknown
  readonly originalCode?: unknown
  readonly timeoutType?: unknown
}

const refusal = (request: VendorRequest, host: string, thrown: unknown): VendorAnswer => {
  if (thrown instanceof HubError) throw thrown
  const failed: Failed = typeof thrown === 'object' && thrown !== null ? thrown : {}
  if (typeof failed.responseCode === 'number' && failed.responseCode >= 400) return replied(failed, failed.responseCode)
  // nodemailer's own codes (ESOCKET, ETIMEDOUT) do not say what happened; these do.
  const code = [failed.timeoutType, failed.originalCode, failed.code].find((one) => typeof one === 'string')
  const provider = {
    provider: request.connector,
    cause: Object.assign(new Error(code ?? 'no connection', { cause: thrown }), { code }),
  }
  if (failed.code === 'ETIMEDOUT') throw new HubError('timeout', `${host} did not answer in time.`, provider)
  if (failed.code === 'EENVELOPE')
    return answer(422, { about: 'message', message: 'The sender or the recipient is not an address.' })
  if (failed.code === 'EAUTH')
    return answer(401, { about: 'account', message: 'The user name or the password was refused.' })
  throw new HubError('unavailable', `${host} cannot be reached${code === undefined ? '' : ` (${code})`}.`, provider)
}

const replied = (failed: Failed, code: number): VendorAnswer => {
  const text = typeof failed.response === 'string' ? failed.response : String(code)
  const phase = phaseOf(failed)
  const { about, status, says, later } = meaningOf({ code, text, phase })
  return answer(status, {
    code,
    enhanced: enhancedOf(text),
    phase,
    about,
    later,
    message: says === undefined ? text : `${says}: ${text}`,
  })
}

/** After DATA nodemailer tells the refused command (EENVELOPE) from the refused message (EMESSAGE). */
const phaseOf = ({ command, code }: Failed): Phase => {
  const name = typeof command === 'string' ? command : ''
  if (name.startsWith('AUTH')) return 'login'
  if (name === 'MAIL FROM') return 'sender'
  if (name === 'RCPT TO') return 'recipient'
  if (name === 'DATA') return code === 'EMESSAGE' ? 'message' : 'data'
  return 'greeting'
}
