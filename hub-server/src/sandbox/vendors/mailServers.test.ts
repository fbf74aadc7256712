import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { performRequest, type VendorAnswer, type VendorRequest } from '../../connectors/index.ts'
import { loopbackEgress } from '../../egress/testing/loopback-egress.ts'
import { startSandbox } from '../start.ts'
import { ask } from '../testing/ask.ts'
import type { Sandbox } from '../types.ts'

const description = `
format: 1
auth: { key: [basic.password] }
errors: { unauthorized: { status: 535, text: "5.7.8 No" } }
routes:
  - { get: /login }
  - post: /messages
    refuse: [ { when: "='nobody@x.example' in $body.to", status: 550, text: 5.1.1 Nobody } ]
    text: "=($put('message', { 'to': $body.to, 'subject': $body.headers.subject, 'text': $body.text }); 'kept')"
`

let sandbox: Sandbox
const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
beforeAll(async () => {
  mkdirSync(join(folder, 'post'))
  writeFileSync(join(folder, 'post', 'sandbox.yaml'), description)
  sandbox = await startSandbox({ connectorsDir: folder })
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

const egress = loopbackEgress()
const send = (
  method: string,
  { password = 'good', to = 'ann@x.example', connector = 'post', port = 587 } = {},
): Promise<VendorAnswer> => {
  const message = {
    from: 'me@x.example',
    to,
    subject: 'A subject that is so long that it has to be folded, because lines of mail are short',
    text: 'Hello',
  }
  const request: VendorRequest = {
    connector,
    operation: 'sendEmail',
    server: 'default',
    bucket: 'default',
    protocol: 'smtp',
    method,
    url: `smtp://me:${password}@mail.nowhere.example:${port}`,
    through: sandbox.vendorBase(connector, 'default'),
    headers: {},
    body: JSON.stringify(message),
    as: 'json',
    timeoutMs: 5000,
  }
  return performRequest(request, { signal: AbortSignal.timeout(8000), egress })
}

describe('the sandbox as a mail server', () => {
  it('takes a message, and keeps it for the one who logged in', async () => {
    expect(await send('SEND')).toMatchObject({ status: 200, body: { accepted: ['ann@x.example'] } })
    const { text } = await ask(`${sandbox.url}/_sandbox/records/post?object=message&account=good`)
    expect(text).toContain('"to":["ann@x.example"]')
    expect(text).toContain('has to be folded, because lines of mail are short"')
    expect(text).toMatch(/"text":"Hello\\r\\n/)
    expect((await ask(`${sandbox.url}/_sandbox/counts`)).text).toContain('"POST /messages":{"calls":1,"successes":1')
  })

  it('is the same on the port that is encrypted from the start', async () => {
    expect(await send('SEND', { port: 465 })).toMatchObject({ status: 200 })
  })

  it('refuses a password when it is shown, and a recipient when the message is', async () => {
    expect(await send('VERIFY', { password: 'bad' })).toMatchObject({ status: 401, body: { message: '535 5.7.8 No' } })
    expect(await send('SEND', { to: 'nobody@x.example' })).toMatchObject({
      status: 422,
      body: { message: '550 5.1.1 Nobody' },
    })
  })

  it('says so where nothing plays the connector', async () => {
    expect(await send('VERIFY', { connector: 'nothing' })).toMatchObject({
      status: 503,
      body: { message: '421 4.3.0 No sandbox.yaml plays nothing.' },
    })
  })
})

it('a sandbox that stops leaves no connection of a mail server open', async () => {
  const other = await startSandbox({ connectorsDir: folder })
  const { connect } = await import('node:net')
  const socket = connect(Number(new URL(other.url).port), '127.0.0.1')
  socket.write(
    `CONNECT mail.example:25 HTTP/1.1\r\nHost: mail.example\r\nProxy-Authorization: Basic ` +
      `${Buffer.from('post:default').toString('base64')}\r\n\r\n`,
  )
  const greeted = new Promise<void>((resolve) =>
    socket.on('data', (data) => /^220 /m.test(data.toString()) && resolve()),
  )
  await greeted
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await other.stop()
  await closed
})
