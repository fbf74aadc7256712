import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Dice } from './dice.ts'
import type { Document, Operation, Place } from './document.ts'
import { evilText, evilValue, mutated, valueOf } from './values.ts'

/** One request as it is sent, whatever stands in it. */
export interface Shot {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: Buffer
}

export interface Target {
  readonly document: Document
  readonly places: readonly Place[]
  readonly keys: Readonly<Record<'test' | 'live', string>>
  /** Of things that there are. */
  readonly ids: readonly string[]
}

const wrongKeys = ['ainow_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'ainow_live_', 'x'.repeat(4_000), "' or 1=1 --"]
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND']

/** A request made after the document, with one to three things that are not as they should be. */
export const shotOf = (dice: Dice, target: Target): Shot => {
  const place = dice.pick(target.places)
  const key = keyOf(dice, target)
  const method = dice.chance(0.05) ? dice.pick(methods) : place.method
  const path = pathOf(dice, target, place)
  const { body, headers } = bodyOf(dice, target, place, key === target.keys.live)
  return {
    method,
    path: path.slice(0, 15_000),
    headers: {
      ...headers,
      ...(key !== undefined && { authorization: dice.chance(0.03) ? key : `Bearer ${key}` }),
      ...(dice.chance(0.1) && oddHeaders(dice)),
    },
    ...(body && method !== 'GET' && method !== 'HEAD' && method !== 'TRACE' && { body }),
  }
}

const keyOf = (dice: Dice, { keys }: Target): string | undefined => {
  if (dice.chance(0.75)) return keys.test
  if (dice.chance(0.5)) return keys.live
  return dice.chance(0.5) ? dice.pick(wrongKeys) : undefined
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

const pathOf = (dice: Dice, { document, ids }: Target, { path, operation }: Place): string => {
  const filled = path.replaceAll(/\{\w+\}/g, () => idOf(dice, ids))
  const odd = dice.chance(0.03)
    ? dice.pick(['/', '//', '/..', '/%2e%2e/%2e%2e/etc/passwd', ';a=b', '%', '%ff', '.json'])
    : ''
  const query = queryOf(dice, document, operation)
  return `${filled}${odd}${query.length > 0 ? `?${query.join('&')}` : ''}`
}

const idOf = (dice: Dice, ids: readonly string[]): string => {
  if (dice.chance(0.6)) return dice.pick(ids)
  const text = evilText(dice).slice(0, 3_000)
  return encoded(text === '' ? 'x' : text)
}

const queryOf = (dice: Dice, document: Document, { parameters = [] }: Operation): string[] =>
  parameters
    .filter((parameter) => parameter.in === 'query' && (parameter.required || dice.chance(0.4)))
    .flatMap(({ name, schema }) => {
      // A long poll is no attack, and there are thousands to come.
      const value = name === 'wait' ? dice.pick(['0s', '1s', '999s', 'x']) : valueOf(dice, document, schema)
      const text = dice.chance(0.5) ? evilText(dice).slice(0, 3_000) : String(value)
      const pair = `${dice.chance(0.03) ? `${name}[]` : name}=${name === 'wait' ? String(value) : encoded(text)}`
      return dice.chance(0.05) ? [pair, pair] : [pair]
    })

const json = { 'content-type': 'application/json' }

const bodyOf = (
  dice: Dice,
  target: Target,
  place: Place,
  isLive: boolean,
): { body?: Buffer; headers: Record<string, string> } => {
  const schema = place.operation.requestBody?.content['application/json']?.schema
  if (!schema) return dice.chance(0.05) ? { body: Buffer.from('{}'), headers: json } : { headers: {} }
  if (dice.chance(0.04)) return { headers: {} }
  const value = valueOf(dice, target.document, schema)
  const changed = dice.chance(0.85) ? mutated(dice, value) : value
  // What is live asks outside, and nobody answers here: of those only what is refused is sent.
  const sent =
    isLive && /\/(?:scrape-website|verify-email|runs)$/.test(place.path) ? { ...object(changed), items: [] } : changed
  const text = dice.chance(0.12) ? oddText(dice, sent) : JSON.stringify(sent)
  return packed(dice, Buffer.from(text ?? '', dice.chance(0.02) ? 'latin1' : 'utf8'))
}

const object = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

/** What is not quite JSON, or is in a way that not everybody expects. */
const oddText = (dice: Dice, value: unknown): string => {
  const text = JSON.stringify(value) ?? ''
  const forms: (() => string)[] = [
    () => '',
    () => text.slice(0, dice.below(text.length + 1)),
    () => `${text}${text}`,
    () => `\ufeff${text}`,
    () => text.replace(/[\d"]/, 'NaN'),
    () => '['.repeat(5_000) + ']'.repeat(5_000),
    () => `{"items":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
    () => `{"items":[{"email":"a","email":"b","email":"\\u0000"}],"items":[],"name":"\\u0000","name":"x"}`,
    () => `{"limit":${'9'.repeat(400)},"items":[1e999,-1e999]}`,
    () => `{"items":[${'{},'.repeat(90_000)}{}]}`,
    () => `{"items":[{${Array.from({ length: 50_000 }, (_, at) => `"${at}":0`).join()}}]}`,
    () => `{"items":"\\ud800","name":"\\udfff\\u0000"}`,
    () => `"${'a'.repeat(500_000)}"`,
    () => 'a=b&c=d',
    () => '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    () => 'email,name\n=1+1,"open\n',
    () => `${Array.from({ length: 3_000 }, (_, at) => `c${at}`).join()}\n1\n`,
    () => JSON.stringify(evilValue(dice)),
  ]
  return dice.pick(forms)()
}

const types = [
  'text/plain',
  'text/csv',
  'application/x-ndjson',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'constructor',
  'application/json; charset=utf-16',
  'application/json; charset="',
  'application/vnd.api+json',
  ';',
]

/** In another coding, or with a header that says another. */
const packed = (dice: Dice, body: Buffer): { body: Buffer; headers: Record<string, string> } => {
  const headers = dice.chance(0.07) ? { 'content-type': dice.pick(types) } : json
  if (dice.chance(0.92)) return { body, headers }
  return dice.pick([
    () => ({ body: gzipSync(body), headers: { ...headers, 'content-encoding': 'gzip' } }),
    () => ({ body: brotliCompressSync(body), headers: { ...headers, 'content-encoding': 'br' } }),
    () => ({ body, headers: { ...headers, 'content-encoding': 'gzip' } }),
    () => ({ body: gzipSync(body).subarray(0, 20), headers: { ...headers, 'content-encoding': 'gzip' } }),
    () => ({ body: gzipSync(Buffer.alloc(3_000_000, ' ')), headers: { ...headers, 'content-encoding': 'gzip' } }),
    () => ({ body: gzipSync(gzipSync(body)), headers: { ...headers, 'content-encoding': 'gzip, gzip' } }),
    () => ({ body, headers: { ...headers, 'content-encoding': 'rot13' } }),
  ])()
}

const oddHeaders = (dice: Dice): Record<string, string | string[]> =>
  dice.pick<Record<string, string | string[]>>([
    { 'idempotency-key': 'x'.repeat(300) },
    { 'idempotency-key': 'same' },
    { 'idempotency-key': ['one', 'two'] },
    { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'evil.example' },
    { host: 'evil.example' },
    { host: '' },
    { origin: 'https://evil.example' },
    { accept: 'application/xml;q=0.9' },
    { range: 'bytes=0-1,5-,-1' },
    { expect: '100-continue' },
    { cookie: 'a'.repeat(8_000) },
    { 'x-http-method-override': 'DELETE' },
    { 'if-none-match': '*' },
    { connection: 'close' },
    Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`x-${at}`, 'y'])),
  ])

/** What no client of HTTP sends. The hub may answer it or not, and goes on. */
export const rawShots: readonly string[] = [
  'GET / HTTP/1.1\r\n\r\n',
  'GET /health HTTP/1.0\r\n\r\n',
  'GET http://evil.example/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /',
  'POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
  'POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
  'POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
  'POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: localhost\r\n${'x: y\r\n'.repeat(5_000)}\r\n`,
  'GET / HTTP/1.1\r\nHost: localhost\r\nx\0y: z\r\n\r\n',
  'GET / HTTP/1.1\nHost: localhost\n\n',
  'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n',
  'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /v1/me HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  '\0'.repeat(1_000),
  'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /v1/me HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n',
]
