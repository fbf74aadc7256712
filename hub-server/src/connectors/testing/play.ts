import type { HubError } from '../../contracts/errors.ts'
import { fileURLToPath } from 'node:url'
import { capabilities } from '../../capabilities/index.ts'
import type { StoredToken } from '../../contracts/token.ts'
import type { Connector } from '../compiled/connector.ts'
import type { Evaluator } from '../expressions/expression.ts'
import { loadConnector } from '../load/loadConnectors.ts'
import { perform } from '../ask/perform.ts'
import type { Account, ItemAnswer, PerformInput, Send, VendorAnswer, VendorRequest } from '../port/types.ts'

/** A connector of testing/manifests. @throws with its problems when it is broken */
export const fixture = async (id: string, evaluator?: Evaluator): Promise<Connector> => {
  const file = fileURLToPath(new URL(`./manifests/${id}.yaml`, import.meta.url))
  const { connector, problems } = await loadConnector(file, {
    builtIn: true,
    capabilities,
    id,
    ...(evaluator && { evaluator }),
  })
  if (!connector) throw new Error(JSON.stringify(problems, null, 2))
  return connector
}

/** A request as a test likes to read it. */
export interface Asked {
  readonly call: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly request: VendorRequest
}

export type Vendor = (asked: Asked, nth: number) => Partial<VendorAnswer> & { json?: unknown }

export interface Played {
  readonly asked: Asked[]
  readonly credits: number
  readonly answers: ItemAnswer[]
}

/** A gateway without limits: asks a made-up vendor, and keeps what was asked and what it cost. */
export const gatewayTo = (vendor: Vendor): { send: Send; asked: Asked[]; spent: () => number } => {
  const asked: Asked[] = []
  let credits = 0
  const send: Send = async (request, terms) => {
    const one = shown(request)
    asked.push(one)
    await Promise.resolve()
    const { json, ...given } = vendor(one, asked.length)
    const text = given.text ?? (json === undefined ? '' : JSON.stringify(json))
    const answer: VendorAnswer = { status: 200, headers: {}, body: request.as === 'text' ? text : json, text, ...given }
    const error = await terms.classify(answer)
    if (error) throw error
    credits += (await terms.outcome(answer)).credits
    return answer
  }
  return { send, asked, spent: () => credits }
}

/** Asks a fixture's vendor about items. */
export const play = async (
  connector: Connector,
  operation: string,
  items: readonly unknown[],
  vendor: Vendor,
  more: Partial<PerformInput> & { fields?: Record<string, string> } = {},
): Promise<Played> => {
  const { send, asked, spent } = gatewayTo(vendor)
  const { fields, ...rest } = more
  const answers = await perform({
    connector,
    operation,
    items,
    account: accountFor(connector, fields),
    send,
    signal: AbortSignal.timeout(10_000),
    sleep: () => Promise.resolve(),
    ...rest,
  })
  return { asked, credits: spent(), answers }
}

/** An account with made-up fields and a token store in memory. */
export const accountFor = (
  connector: Connector,
  fields: Record<string, string> = {},
  token: StoredToken | null = null,
): Account & { stored: () => StoredToken | null } => {
  let stored = token
  let turn: Promise<unknown> = Promise.resolve()
  const made = Object.entries(connector.manifest.auth.fields).map(([name, field]): [string, string] => [
    name,
    field.default ?? `my-${name}`,
  ])
  return {
    connection: 'con_1',
    fields: { ...Object.fromEntries(made), ...fields },
    stored: () => stored,
    tokens: {
      get: () => Promise.resolve(stored),
      renew: (make) => {
        const mine = turn.then(async () => {
          stored = await make(stored)
          return stored
        })
        turn = mine.catch(() => null)
        return mine
      },
    },
  }
}

const textOf = ({ body }: VendorRequest): string | undefined =>
  body instanceof Uint8Array ? Buffer.from(body).toString() : body

const shown = (request: VendorRequest): Asked => {
  const url = /^https?:/.test(request.url) ? new URL(request.url) : null
  const text = textOf(request)
  const isJson =
    text !== undefined && (request.protocol === 'smtp' || request.headers['content-type'] === 'application/json')
  return {
    call: `${request.method} ${url ? decodeURIComponent(url.pathname + url.search) : request.url}`,
    url: request.url,
    headers: request.headers,
    body: isJson ? (JSON.parse(text) as unknown) : text,
    request,
  }
}

/** What was found, item by item. */
export const outputs = (answers: readonly { outputs: readonly unknown[] }[]) => answers.map((answer) => answer.outputs)
/** How each item went: "good", or the kind of its error. */
export const kinds = (answers: readonly { error?: HubError }[]) => answers.map((answer) => answer.error?.kind ?? 'good')
