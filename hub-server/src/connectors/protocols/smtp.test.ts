import { createServer, type AddressInfo, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { HubError } from '../../contracts/errors.ts'
import { createEgress } from '../../egress/egress.ts'
import { loopbackEgress } from '../../egress/testing/loopback-egress.ts'
import { perform } from '../ask/perform.ts'
import { loadConnector } from '../load/loadConnectors.ts'
import { accountFor } from '../testing/play.ts'
import { testAccount } from '../auth/testAccount.ts'
import type { Send, VendorRequest } from '../port/types.ts'
import { performRequest } from './performRequest.ts'

/** In place of a reply: the connection breaks, or nothing is said. */
const [broken, silent] = ['broken', 'silent']

/** A mail server that answers by a table, and keeps what it was told. */
const mailServer = async (
  replies: Record<string, string> = {},
): Promise<{ server: Server; port: number; said: string[] }> => {
  const said: string[] = []
  const server = createServer((socket) => {
    let inMessage = false
    socket.write('220 mail.example\r\n')
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      for (const line of data
        .toString()
        .split('\r\n')
        .filter((one) => one !== '')) {
        said.push(line)
        if (inMessage && line !== '.') continue
        const word = inMessage ? '.' : (line.split(' ')[0] ?? '').toUpperCase()
        inMessage = word === 'DATA'
        const usual: Record<string, string> = {
          EHLO: '250-mail.example\r\n250 AUTH PLAIN',
          DATA: '354 go on',
          '.': '250 kept',
          AUTH: '235 welcome',
          QUIT: '221 bye',
        }
        const reply = replies[word] ?? usual[word] ?? '250 OK'
        if (reply === broken) return void socket.destroy()
        if (reply !== silent) socket.write(`${reply}\r\n`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open = server
  return { server, port: (server.address() as AddressInfo).port, said }
}
let open: Server | null = null
afterEach(() => void open?.close())

const egress = loopbackEgress()
const sendBy =
  (way: typeof egress): Send =>
  async (request, terms) => {
    const answer = await performRequest(request, { signal: AbortSignal.timeout(5000), egress: way })
    const error = await terms.classify(answer)
    if (error) throw error
    return answer
  }
const send = sendBy(egress)
const file = fileURLToPath(new URL('../../../connectors/smtp/connector.yaml', import.meta.url))
const connector =
  (await loadConnector(file, { builtIn: true })).connector ?? expect.fail('There is no connector for SMTP.')
const mail = { to: 'ann@x.example', toName: 'Ann Lee', from: 'me@x.example', subject: 'Hello', text: 'Hi' }
const sendMail = async (port: number, fields: Record<string, string> = {}, more: Partial<typeof mail> = {}) => {
  const account = accountFor(connector, {
    host: '127.0.0.1',
    port: String(port),
    user: 'u@x',
    password: 'p:w',
    ...fields,
  })
  const [answer] = await perform({
    connector,
    operation: 'sendEmail',
    items: [{ ...mail, ...more }],
    account,
    send,
    signal: AbortSignal.timeout(8000),
    sleep: () => Promise.resolve(),
  })
  return answer
}

it('hands a message to a mail server, and knows its id', async () => {
  const { port, said } = await mailServer()
  const answer = await sendMail(port)
  expect(answer?.outputs).toEqual([{ id: expect.stringMatching(/^<.+@x\.example>$/) as string }])
  expect(said).toEqual(
    expect.arrayContaining([
      'MAIL FROM:<me@x.example>',
      'RCPT TO:<ann@x.example>',
      'Subject: Hello',
      'To: Ann Lee <ann@x.example>',
    ]),
  )
  expect(said).toContain(`AUTH PLAIN ${Buffer.from('\0u@x\0p:w').toString('base64')}`)
})

it.each([
  [{ AUTH: '535 no' }, 'unauthorized'],
  [{ RCPT: '550 no such user' }, 'invalid_input'],
  [{ MAIL: '451 later' }, 'unavailable'],
  [{ '.': '421 4.7.0 too many of you' }, 'rate_limited'],
  [{ RCPT: '452 4.2.2 The email account that you tried to reach is over quota' }, 'invalid_input'],
  [{ '.': '452 mailbox full' }, 'invalid_input'],
  [{ '.': '552 5.2.2 mailbox full' }, 'invalid_input'],
  [{ '.': '550 5.4.5 Daily user sending quota exceeded' }, 'quota_exceeded'],
])('%j is %s', async (replies, kind) => {
  const { port } = await mailServer(replies)
  expect((await sendMail(port))?.error?.kind).toBe(kind)
})

it('says of a full mailbox that it is this address’s, and to write again later', async () => {
  const { port } = await mailServer({ RCPT: '452 4.2.2 over quota' })
  expect((await sendMail(port))?.error).toMatchObject({
    message: 'SMTP did not accept the input: The mailbox of this address is full: 452 4.2.2 over quota.',
    advice: 'Write to this address again later.',
  })
})

describe('when the connection breaks', () => {
  const requestTo = (port: number, timeoutMs: number): VendorRequest => ({
    connector: 'smtp',
    operation: 'sendEmail',
    server: 'default',
    bucket: 'default',
    protocol: 'smtp',
    method: 'SEND',
    url: `smtp://u:p@127.0.0.1:${port}`,
    headers: {},
    body: JSON.stringify(mail),
    as: 'json',
    timeoutMs,
  })

  const partings = async (replies: Record<string, string>): Promise<{ kind?: string; departure: string[] }> => {
    const { port } = await mailServer(replies)
    const departure: string[] = []
    const request = requestTo(port, 500)
    const paced = { leave: async () => void departure.push('leave'), left: () => void departure.push('left') }
    const kind = await performRequest(request, { signal: AbortSignal.timeout(5000), egress, departure: paced }).then(
      () => undefined,
      (thrown: HubError) => thrown.kind,
    )
    return { ...(kind && { kind }), departure }
  }

  it.each([['EHLO'], ['AUTH'], ['MAIL'], ['RCPT'], ['DATA']])(
    'before the message, at %s, nothing has left',
    async (word) => {
      expect(await partings({ [word]: broken })).toEqual({ kind: 'unavailable', departure: [] })
    },
  )

  it('after its first byte, nobody knows', async () => {
    expect(await partings({ '.': broken })).toEqual({ kind: 'unavailable', departure: ['leave', 'left'] })
    expect(await partings({ '.': silent })).toEqual({ kind: 'timeout', departure: ['leave', 'left'] })
  })

  it('and a message that is not let go never leaves', async () => {
    const { port, said } = await mailServer()
    const request = requestTo(port, 5000)
    const held = { leave: () => Promise.reject(new HubError('cancelled', 'stopped')), left: () => undefined }
    await expect(
      performRequest(request, { signal: AbortSignal.timeout(5000), egress, departure: held }),
    ).rejects.toMatchObject({ kind: 'cancelled' })
    expect(said).not.toContain('Subject: Hello')
  })
})

/** The other side of the same standard, which others wrote: https://nodemailer.com/extras/smtp-server/ */
it('understands smtp-server, and what it says at each command', async () => {
  const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })
  const refused = new Map([
    ['full@x.example', refusal(552, '5.2.2 Mailbox full')],
    ['new@x.example', refusal(450, '4.2.1 Try later')],
  ])
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    size: 50_000,
    onAuth: ({ password }, _session, done) =>
      password === 'p:w' ? done(null, { user: 'u' }) : done(refusal(454, '4.7.0 Temporary authentication failure')),
    onMailFrom: ({ address }, _session, done) =>
      done(address === 'not-mine@x.example' ? refusal(553, '5.7.1 Sender address rejected') : null),
    onRcptTo: ({ address }, _session, done) => done(refused.get(address)),
    onData: (stream, _session, done) =>
      void stream
        .resume()
        .on('end', () =>
          done(
            stream.sizeExceeded
              ? refusal(552, 'Message exceeds fixed maximum message size')
              : refusal(451, '4.3.0 Local error'),
          ),
        ),
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = (server.server.address() as AddressInfo).port
  const ask = async (item: Partial<typeof mail>, fields: Record<string, string> = {}) =>
    (await sendMail(port, fields, item))?.error
  try {
    expect(await ask({}, { password: 'other' })).toMatchObject({ kind: 'unavailable' })
    expect(await ask({ from: 'not-mine@x.example' })).toMatchObject({
      kind: 'invalid_input',
      advice: expect.stringContaining('From') as string,
    })
    expect(await ask({ to: 'full@x.example' })).toMatchObject({
      kind: 'invalid_input',
      message: expect.stringContaining('mailbox of this address is full') as string,
    })
    expect(await ask({ to: 'new@x.example' })).toMatchObject({
      kind: 'invalid_input',
      message: expect.stringContaining('no mail just now') as string,
    })
    expect(await ask({})).toMatchObject({ kind: 'unavailable' })
    expect(await ask({ text: 'long '.repeat(15_000) })).toMatchObject({
      kind: 'invalid_input',
      advice: expect.stringContaining('Change the message') as string,
    })
  } finally {
    await new Promise<void>((resolve) => server.close(resolve))
  }
})

it('tests an account without sending anything', async () => {
  const { port, said } = await mailServer({ AUTH: '535 no' })
  const account = accountFor(connector, { host: '127.0.0.1', port: String(port), user: 'u', password: 'p' })
  expect(await testAccount({ connector, account, send })).toMatchObject({ kind: 'unauthorized' })
  expect(said.some((line) => line.startsWith('MAIL'))).toBe(false)
})

it('says when the server cannot be reached', async () => {
  expect((await sendMail(9))?.error).toMatchObject({ kind: 'unavailable', cause: { code: 'ECONNREFUSED' } })
})

it.each(['127.0.0.1', '0x7f.1', '2130706433', '[::1]', 'localhost', '127.0.0.1.', '１２７.0.0.1'])(
  'does not connect to the hub’s own machine by %s unless that is allowed, whether anybody listens there or not',
  async (host) => {
    const { server, port } = await mailServer()
    let reached = 0
    server.on('connection', () => reached++)
    for (const at of [port, 9]) {
      const account = accountFor(connector, { host, port: String(at), user: 'u', password: 'p' })
      expect(await testAccount({ connector, account, send: sendBy(createEgress({ allow: [] })) })).toMatchObject({
        // The address of an account takes no brackets in a host.
        kind: host.startsWith('[') ? 'invalid_input' : 'forbidden',
      })
    }
    expect(reached).toBe(0)
  },
)
