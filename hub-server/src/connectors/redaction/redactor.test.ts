import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'

const user = 'me@acme.example'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const hexBytes = (text: string): string[] => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0'))

/** How services were seen, or may be expected, to write a secret back. */
const forms: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (secret) =>
    encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  'percent-encoded throughout': (secret) =>
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'percent-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'as JSON in a text': (secret) => JSON.stringify({ key: secret }).slice(8, -2),
  'as JSON with codes': (secret) =>
    [...secret].map((sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join(''),
  'in HTML': (secret) => secret.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`),
  'as hex': (secret) => Buffer.from(secret).toString('hex'),
  'as hex in upper case': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'as hex with colons': (secret) => hexBytes(secret).join(':'),
  'as hex of a program': (secret) =>
    hexBytes(secret)
      .map((byte) => `\\x${byte}`)
      .join(''),
  'in base64': base64,
  'in base64 for addresses, one further on': (secret) => Buffer.from(`x${secret}`).toString('base64url'),
  'in base64 for addresses, two further on': (secret) => Buffer.from(`xy${secret}`).toString('base64url'),
  'as Basic credentials': (secret) => base64(`${user}:${secret}`),
  'as Basic credentials without a user': (secret) => base64(`:${secret}`),
  'as Basic credentials without a password': (secret) => base64(`${secret}:`),
  'in base64, one further on': (secret) => base64(`x${secret}yz`),
  'in base64, two further on': (secret) => base64(`xy${secret}`),
  'in base64 for addresses': (secret) => Buffer.from(`${user}:${secret}`).toString('base64url'),
  'in base64, percent-encoded': (secret) => encodeURIComponent(base64(`${user}:${secret}`)),
  'in base64 inside JSON': (secret) => base64(JSON.stringify({ user, note: 'so', key: secret })),
}

/** As keys are: long, of letters, digits and now and then something else. */
const key = fc
  .string({
    unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGH23456789-_.~!$&+"\\/<:'),
    minLength: 20,
    maxLength: 60,
  })
  .map((text) => `${text}k9`)
const form = fc.constantFrom(...Object.keys(forms))
const around = fc.string({ maxLength: 12 })

describe('a secret that services repeat', () => {
  it('is gone in every form, and nothing else is changed', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(key, form, around, around, fc.jsonValue(), (secret, name, before, after, other) => {
        const { answer, words } = createRedactor([secret], [user, secret], ['user', 'password'])
        const written = forms[name]?.(secret) ?? ''
        const said = answer({ note: `${before} ${written} ${after}`, [`${before} ${written}`]: 1, other })
        expect(said).toEqual({ note: `${before} … ${after}`, [`${before} …`]: 1, other })
        expect(words(`"${written}" was refused`)).toBe('"…" was refused')
      }),
      { numRuns: 300 },
    )
  })

  it.each(Object.keys(forms))('is gone %s also where it is a password of eleven signs', (name) => {
    const secret = 'Tr0ub4dor&3'
    const { answer, words } = createRedactor([secret], [user, secret])
    const written = forms[name]?.(secret) ?? ''
    expect(words(`The header was Basic ${written}.`)).toBe('The header was Basic ….')
    expect(answer([`auth=${written}`, 3])).toEqual([expect.stringMatching(/^(auth=)?…$/), 3])
  })

  it('is gone where a whole request is repeated', () => {
    const secret = 'sk_live_51HxTr0ub4dor'
    const { answer } = createRedactor([secret], ['acct_1', secret])
    const echoed = {
      url: `https://acct_1:${secret}@api.vendor.example/v1/x?key=${secret}&page=2`,
      headers: { authorization: `Basic ${base64(`acct_1:${secret}`)}`, 'x-request-id': '7' },
      path: `/cb/${base64(`acct_1:${secret}`)}/next`,
    }
    expect(answer(echoed)).toEqual({
      url: 'https://acct_1:…@api.vendor.example/v1/x?key=…&page=2',
      headers: { authorization: 'Basic …', 'x-request-id': '7' },
      path: '/cb/…/next',
    })
  })
})

describe('a secret that is an ordinary word or a short number', () => {
  const secrets = ['Austin', 'password', '250000', '1234567', 'valid', 'null', 'true', 'e', '"', 'n', 'company']

  it.each(secrets)('%s breaks no answer', (secret) => {
    const paid = {
      status: 'valid',
      city: 'Austin',
      employees: 250000,
      id: '123456789',
      ids: [1234567, 91234567],
      valid: true,
      note: null,
      company: { name: 'The "Password" Company of Austin', domain: 'company.example' },
      text: 'line\nbreak \\n "quoted" è',
      password: false,
    }
    const { answer } = createRedactor([secret], [user, secret], ['user', 'password'])
    expect(answer(paid)).toBe(paid)
  })

  it('breaks no answer whatever is in it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...secrets), fc.jsonValue(), (secret, value) => {
        expect(createRedactor([secret], [user, secret]).answer({ value, [`the ${secret}`]: `is ${secret}` })).toEqual({
          value,
          [`the ${secret}`]: `is ${secret}`,
        })
      }),
    )
  })

  it('is gone where it is said to be a credential', () => {
    const { answer, words } = createRedactor(['Austin'], [user, 'Austin'], ['user', 'password'])
    expect(answer({ city: 'Austin', password: 'Austin', request: { apiKey: 'Austin' } })).toEqual({
      city: 'Austin',
      password: '…',
      request: { apiKey: '…' },
    })
    expect(answer(`Basic ${base64(`${user}:Austin`)}`)).toBe('Basic …')
    expect(answer('smtp://me:Austin@mail.example, password=Austin, {"token":"Austin"} in Austin')).toBe(
      'smtp://me:…@mail.example, password=…, {"token":"…"} in Austin',
    )
    expect(words('Austin is not the password of Austinville')).toBe('… is not the password of Austinville')
  })

  it('does not leave Basic credentials, however short the password is', () => {
    const { answer } = createRedactor(['x1'], ['me', 'x1'])
    expect(answer({ sent: `Basic ${base64('me:x1')}` })).toEqual({ sent: 'Basic …' })
  })
})

describe('a secret in code, where signs stand before and behind it', () => {
  const secret = 'Tr0ub4dor&3'
  const { answer } = createRedactor([secret], [user, secret])

  it('is gone in hex', () => {
    for (const [before, after] of [
      ['key=', ';'],
      ['', 'x'],
      [`${user}:`, ''],
    ] as const) {
      const said = answer(Buffer.from(before + secret + after).toString('hex'))
      expect(said).toContain('…')
      expect(said).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })

  it('is gone in base64, wherever in it it begins and in either character set', () => {
    for (let before = 0; before < 9; before++)
      for (const coding of ['base64', 'base64url'] as const) {
        const said = answer(Buffer.from(`${'~'.repeat(before)}${secret}${'~'.repeat(before)}`).toString(coding))
        expect(said).toContain('…')
        expect(Buffer.from(said.replaceAll('…', ''), 'base64').toString()).not.toContain(secret)
      }
  })

  it('is gone also where it is an ordinary word that stands in code by itself', () => {
    const word = createRedactor(['Austin'], [user, 'Austin'])
    const hex = Buffer.from('Austin').toString('hex')
    expect(word.answer([hex, base64('Austin'), `x${hex}`, 'Austin'])).toEqual(['…', '…', 'x…', 'Austin'])
  })
})

it('leaves an id that holds the digits of a distinct secret as it is', () => {
  const { answer } = createRedactor(['abc12345'])
  expect(answer({ id: 'xabc123456', same: 'abc12345' })).toEqual({ id: 'xabc123456', same: '…' })
})

it('takes linear time over what was made to be slow', () => {
  const secret = `${'%25'.repeat(30)}a1`
  const { answer } = createRedactor([secret, 'Tr0ub4dor&3', 'Austin'], [user, secret, 'Austin'], ['user', 'password'])
  const hostile = [
    '%25'.repeat(100_000),
    'A'.repeat(3_000_000),
    '2525'.repeat(500_000),
    '\\x25'.repeat(300_000),
    '&#000'.repeat(300_000),
    `password${' '.repeat(1_000_000)}`,
    '//'.repeat(500_000),
    'Tr0ub4dor&'.repeat(100_000),
  ]
  const began = performance.now()
  expect(answer(hostile)).toEqual(hostile)
  // Some 500 ms by itself; what is not linear takes minutes.
  expect(performance.now() - began).toBeLessThan(15_000)
})
