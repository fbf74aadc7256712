import type { Socket } from 'node:net'
import type { SMTPServer, SMTPServerSession } from 'smtp-server'
import { asHubError } from '../../contracts/errors.ts'
import { readAll } from './body.ts'
import type { VendorCall, VendorReply } from './call.ts'

/** What plays the vendor; null where no sandbox.yaml does. */
type Ask = (call: VendorCall, bytes: number) => Promise<VendorReply | null>

/** A mail server's refusal: smtp-server answers with its code. */
class Refusal extends Error {
  readonly responseCode: number
  constructor(responseCode: number, text: string) {
    super(text)
    this.responseCode = responseCode
  }
}

/**
 * Plays mail servers for connectors that send by SMTP. A log-in is asked of the vendor's route GET /login, a message of
 * POST /messages with {from, to: […], headers, text}, both with the log-in as Basic authorization; the answer's status
 * is SMTP's reply code (200 stands for "yes") and its text the reply.
 */
export const createMailServers = (ask: Ask) => {
  const servers = new Map<string, Promise<SMTPServer>>()
  const sockets = new Set<Socket>()

  const open = async (connector: string, server: string): Promise<SMTPServer> => {
    // Loaded with the first mail: many a hub sends none.
    const { SMTPServer } = await import('smtp-server')
    const put = async (
      call: Pick<VendorCall, 'method' | 'path' | 'headers' | 'body'>,
      bytes: number,
    ): Promise<string> => {
      const reply = await ask({ connector, server, query: {}, ...call }, bytes)
      if (!reply) throw new Refusal(421, `4.3.0 No sandbox.yaml plays ${connector}.`)
      if (reply.delay > 0) await new Promise((done) => setTimeout(done, reply.delay))
      if (reply.status >= 400) throw new Refusal(reply.status, reply.body)
      return reply.body
    }
    return new SMTPServer({
      banner: 'sandbox',
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      onAuth: ({ username = '', password = '' }, _session, done) => {
        const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
        put({ method: 'GET', path: '/login', headers: { authorization }, body: undefined }, 0).then(
          () => done(null, { user: authorization }),
          (thrown: unknown) => done(refusalOf(thrown)),
        )
      },
      onData: (stream, session, done) => {
        const hand = async (): Promise<string> => {
          const bytes = await readAll(stream)
          return put(
            {
              method: 'POST',
              path: '/messages',
              headers: session.user === undefined ? {} : { authorization: session.user },
              body: messageOf(session, bytes.toString()),
            },
            bytes.length,
          )
        }
        hand().then(
          (text) => done(null, text),
          (thrown: unknown) => done(refusalOf(thrown)),
        )
      },
    })
  }

  return {
    /** Speaks SMTP on a connection that an HTTP CONNECT has opened. */
    serve: async (connector: string, server: string, socket: Socket): Promise<void> => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      const name = `${connector} ${server}`
      const known = servers.get(name) ?? open(connector, server)
      servers.set(name, known)
      const { server: smtp } = await known
      smtp.emit('connection', socket)
    },
    stop: (): void => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

const refusalOf = (thrown: unknown): Refusal =>
  thrown instanceof Refusal ? thrown : new Refusal(451, asHubError(thrown).message)

/** Names of headers in lower case, folded lines as one (RFC 5322 2.2). */
const messageOf = ({ envelope }: SMTPServerSession, raw: string) => {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return {
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(({ address }) => address),
    headers,
    text: rest.join('\r\n\r\n'),
  }
}
