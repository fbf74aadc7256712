import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { HubError } from '../contracts/errors.ts'
import { milliseconds } from '../contracts/duration.ts'
import { fieldsOf } from './auth/account.ts'
import type { Connector, Received } from './compiled/connector.ts'
import type { Bound } from './expressions/expression.ts'
import { withoutEmpty } from './read/output.ts'
import { asList } from './expressions/truth.ts'
import type { Account } from './port/types.ts'

/** What came in from outside, as it came. */
export interface Delivery {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The very bytes: a signature is over them. */
  readonly body: string | Uint8Array
  readonly account: Pick<Account, 'fields'>
  readonly url?: string
  readonly method?: string
  readonly query?: Readonly<Record<string, string>>
}

export interface ReceivedThing {
  /** Tells a repeated delivery; absent where the vendor gives nothing that does. */
  readonly delivery?: string
  readonly value: unknown
}

/**
 * Checks that it was the vendor who called, and reads what happened.
 * @param event a name under `receives` in the connector.yaml
 * @throws HubError unauthorized when it was not the vendor, bad_response when the body cannot be read, unsupported for
 * an unknown event
 */
export const receive = async (connector: Connector, event: string, delivery: Delivery): Promise<ReceivedThing[]> => {
  const received = connector.compiled.receives.get(event)
  if (!received)
    throw new HubError('unsupported', `${connector.manifest.name} sends nothing called ${event}.`, {
      provider: connector.id,
    })
  const fields = fieldsOf(connector, {
    connection: '',
    tokens: { get: () => Promise.resolve(null), renew: (make) => make(null) },
    ...delivery.account,
  })
  const bound: Bound = { account: fields, headers: delivery.headers }
  const text = typeof delivery.body === 'string' ? delivery.body : new TextDecoder().decode(delivery.body)
  if (!(await isFromVendor(received, delivery, text, fields, bound))) {
    throw new HubError('unauthorized', `A call in the name of ${connector.manifest.name} had no valid signature.`, {
      provider: connector.id,
      advice: 'Check the secret for incoming calls in the connection.',
    })
  }
  const body = parse(connector, text, delivery.headers['content-type'] ?? '')
  const elements = received.each ? asList(await received.each.evaluate(body, bound)) : [body]
  return Promise.all(
    elements.map(async (element) => {
      const id: unknown = await received.delivery?.evaluate(element, { ...bound, body })
      const value: unknown = withoutEmpty(await received.read(element, { ...bound, body }))
      return { value, ...((typeof id === 'string' || typeof id === 'number') && { delivery: String(id) }) }
    }),
  )
}

const isFromVendor = async (
  received: Received,
  { headers, body, url, method, query }: Delivery,
  text: string,
  fields: Readonly<Record<string, string>>,
  bound: Bound,
): Promise<boolean> => {
  const { verify } = received.manifest
  const shown =
    (verify.header === undefined ? undefined : headers[verify.header.toLowerCase()]) ??
    (verify.query === undefined ? undefined : query?.[verify.query])
  if (shown === undefined || !isRecent(verify.time, headers)) return false
  if (!verify.hmac) {
    const token: unknown = await received.token?.evaluate(fields, bound)
    return typeof token === 'string' && token !== '' && same(shown, token)
  }
  const secret: unknown = await received.secret?.evaluate(fields, bound)
  if (typeof secret !== 'string' || secret === '') return false
  const signed: unknown = received.over
    ? await received.over.evaluate({ body: text, headers, url: url ?? '', method: method ?? 'POST' }, bound)
    : body
  const expected = createHmac(verify.hmac, secret)
    .update(signed instanceof Uint8Array ? signed : String(signed))
    .digest(verify.encoding ?? 'hex')
  return same(shown, (verify.prefix ?? '') + expected)
}

const isRecent = (time: Received['manifest']['verify']['time'], headers: Readonly<Record<string, string>>): boolean => {
  if (!time) return true
  const sent = Number(headers[time.header.toLowerCase()]) * (time.in === 'milliseconds' ? 1 : 1000)
  return Math.abs(Date.now() - sent) <= milliseconds(time.within)
}

/** Compared in constant time, whatever the lengths. */
const same = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())

const parse = (connector: Connector, text: string, type: string): unknown => {
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text) as unknown
  } catch (thrown) {
    throw new HubError('bad_response', `${connector.manifest.name} sent something that is not JSON.`, {
      provider: connector.id,
      cause: thrown,
    })
  }
}
