import { describe, expect, it } from 'vitest'
import { HubError } from '../../../contracts/errors.ts'
import { freeVerdict } from './freeVerdict.ts'
import { checkMailServer, type MailServer } from './mailServer.ts'
import { mailServersByDns, type MailDns } from './mailServersByDns.ts'

const failing = (code: string) => () => Promise.reject(Object.assign(new Error(`query ${code}`), { code }))
const giving =
  (...exchanges: string[]) =>
  () =>
    Promise.resolve(exchanges.map((exchange, at): MailServer => ({ exchange, priority: 10 - at })))

describe('mail servers', () => {
  it('come best first', async () => {
    const { status, servers } = await checkMailServer('acme.example', giving('b.acme.example', 'a.acme.example'))
    expect([status, servers.map(({ exchange }) => exchange)]).toEqual(['found', ['a.acme.example', 'b.acme.example']])
  })

  it.each([
    [[''], 'refuses'],
    [['.'], 'refuses'],
    [['localhost'], 'refuses'],
    [[], 'none'],
  ])('%j means that the domain %s', async (exchanges, status) => {
    expect((await checkMailServer('acme.example', giving(...exchanges))).status).toBe(status)
  })

  it.each([
    ['ENOTFOUND', 'none'],
    ['ENODATA', 'none'],
    ['ESERVFAIL', 'unknown'],
    ['ETIMEOUT', 'unknown'],
    ['ECONNREFUSED', 'unknown'],
  ])('%s means %s', async (code, status) => {
    expect((await checkMailServer('acme.example', failing(code))).status).toBe(status)
  })

  it('a look-up that the mode forbids says nothing about the domain', async () => {
    const resolve = () => Promise.reject(new HubError('wrong_mode', 'Only the sandbox is known here.'))
    expect((await checkMailServer('siemens.com', resolve)).status).toBe('unknown')
    expect((await checkMailServer('siemens.com', () => Promise.resolve(null))).status).toBe('unknown')
  })

  it('are asked for once, also at the same time; a failure is asked for again', async () => {
    let asked = 0
    let clock = 0
    const resolve = async (domain: string) => {
      asked++
      return domain === 'down.example' ? failing('ESERVFAIL')() : giving('mx.acme.example')()
    }
    await Promise.all([
      checkMailServer('acme.example', resolve, () => clock),
      checkMailServer('acme.example', resolve, () => clock),
    ])
    await checkMailServer('acme.example', resolve, () => clock)
    expect(asked).toBe(1)
    clock = 3_600_001
    await checkMailServer('acme.example', resolve, () => clock)
    expect(asked).toBe(2)
    await checkMailServer('down.example', resolve)
    await checkMailServer('down.example', resolve)
    expect(asked).toBe(4)
  })

  it('a domain without MX but with an address takes mail there', async () => {
    const dns = (more: Partial<MailDns>): MailDns => ({
      resolveMx: failing('ENODATA'),
      resolve4: failing('ENODATA'),
      resolve6: failing('ENODATA'),
      ...more,
    })
    expect(await mailServersByDns(dns({ resolve4: () => Promise.resolve(['192.0.2.1']) }))('acme.example')).toEqual([
      { exchange: 'acme.example', priority: 0 },
    ])
    expect(await mailServersByDns(dns({}))('acme.example')).toEqual([])
    await expect(mailServersByDns(dns({ resolveMx: failing('ESERVFAIL') }))('acme.example')).rejects.toThrow(
      'ESERVFAIL',
    )
  })
})

describe('the free verdict', () => {
  const mx = giving('mx.example')
  it.each([
    ['anna.example', mx, 'undeliverable', 'There is no @.'],
    ['anna@acme.example', giving(), 'undeliverable', 'No mail server takes mail for acme.example.'],
    ['anna@acme.example', giving('.'), 'undeliverable', 'acme.example says that it takes no mail.'],
    ['anna@acme', mx, 'undeliverable', 'The domain acme has no ending such as .com.'],
    ['anna@mailinator.com', mx, 'risky', 'Mailboxes at mailinator.com are thrown away after use.'],
    [
      'anna@gmial.com',
      mx,
      'risky',
      'Mailboxes at gmial.com are thrown away after use. Perhaps anna@gmail.com was meant.',
    ],
    [
      'anna@gmail.con',
      giving(),
      'undeliverable',
      'No mail server takes mail for gmail.con. Perhaps anna@gmail.com was meant.',
    ],
    [
      'anna@acme.example,',
      mx,
      'undeliverable',
      'The domain contains a character that is not allowed there. Perhaps anna@acme.example was meant.',
    ],
  ] as const)('of %s with %o is %s', async (address, resolve, verdict, reason) => {
    expect(await freeVerdict(address, resolve)).toMatchObject({ verdict, reason })
  })

  it.each([
    ['anna@acme.example', mx, 'unknown', { isRole: false, isFree: false, hasMailServer: true }],
    ['info@acme.example', mx, 'risky', { isRole: true }],
    ['anna@gmail.com', mx, 'unknown', { isFree: true }],
    ['anna@hotnail.com', mx, 'risky', { suggestion: 'anna@hotmail.com' }],
    [' anna@acme.example ', mx, 'unknown', { isRole: false }],
  ] as const)('leaves %s to a service', async (address, resolve, otherwise, checks) => {
    const free = await freeVerdict(address, resolve)
    expect(free).toMatchObject({ otherwise, checks })
    expect(free.verdict).toBeUndefined()
  })

  it('does not call an address dead because DNS did not answer', async () => {
    const free = await freeVerdict('anna@acme.example', failing('ESERVFAIL'))
    expect([free.verdict, free.otherwise, free.checks.hasMailServer]).toEqual([undefined, 'unknown', undefined])
  })
})
