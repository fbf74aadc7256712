import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createAgents } from './http.ts'
import { performRequest } from './performRequest.ts'
import { perform } from '../perform.ts'
import { accountFor, fixture } from '../testing/play.ts'
import { testAccount } from '../testAccount.ts'
import type { Send } from '../types.ts'

/** A mail server that answers by a table, and keeps what it was told. */
const mailServer = async (replies: Record<string, string> = {}): Promise<{ server: Server; port: number; said: string[] }> => {
  const said: string[] = []
  const server = createServer((socket) => {
    let inMessage = false
    socket.write('220 mail.example\r\n')
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter((one) => one !== '')) {
        said.push(line)
        if (inMessage && line !== '.') continue
        const word = inMessage ? '.' : (line.split(' ')[0] ?? '').toUpperCase()
        inMessage = word === 'DATA'
        const usual: Record<string, string> = { EHLO: '250-mail.example\r\n250 AUTH PLAIN', DATA: '354 go on', '.': '250 kept', AUTH: '235 welcome', QUIT: '221 bye' }
        socket.write(`${replies[word] ?? usual[word] ?? '250 OK'}\r\n`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open = server
  return { server, port: (server.address() as AddressInfo).port, said }
}
let open: Server | null = null
afterEach(() => void open?.close())

const agents = createAgents()
const send: Send = async (request, terms) => {
  const answer = await performRequest(request, { signal: AbortSignal.timeout(5000), agents })
  const error = await terms.classify(answer)
  if (error) throw error
  return answer
}
const connector = await fixture('smtp')
const mail = { to: 'ann@x.example', toName: 'Ann Lee', from: 'me@x.example', subject: 'Hello', text: 'Hi' }
const sendMail = async (port: number, fields: Record<string, string> = {}) => {
  const account = accountFor(connector, { host: '127.0.0.1', port: String(port), user: 'u@x', password: 'p:w', ...fields })
  const [answer] = await perform({ connector, operation: 'sendEmail', items: [mail], account, send, signal: AbortSignal.timeout(8000), sleep: () => Promise.resolve() })
  return answer
}

it('hands a message to a mail server, and knows its id', async () => {
  const { port, said } = await mailServer()
  const answer = await sendMail(port)
  expect(answer?.outputs).toEqual([{ id: expect.stringMatching(/^<.+@x\.example>$/) as string }])
  expect(said).toEqual(expect.arrayContaining(['MAIL FROM:<me@x.example>', 'RCPT TO:<ann@x.example>', 'Subject: Hello', 'To: Ann Lee <ann@x.example>']))
  expect(said).toContain(`AUTH PLAIN ${Buffer.from('\0u@x\0p:w').toString('base64')}`)
})

it.each([
  [{ AUTH: '535 no' }, 'unauthorized'],
  [{ RCPT: '550 no such user' }, 'invalid_input'],
  [{ MAIL: '451 later' }, 'rate_limited'],
  [{ '.': '421 too many of you' }, 'rate_limited'],
  [{ '.': '452 mailbox full' }, 'quota_exceeded'],
])('%j is %s', async (replies, kind) => {
  const { port } = await mailServer(replies)
  expect((await sendMail(port))?.error?.kind).toBe(kind)
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
