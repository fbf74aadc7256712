import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAgents, perform, performRequest, testAccount, type Account, type Connector, type ItemAnswer, type Send } from '../../hub-server/src/connectors/index.ts'
import type { Example } from '../../hub-server/src/connectors/testing/examples.ts'
import { expand } from '../../hub-server/src/connectors/testing/repeat.ts'
import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'
import type { Answered, Asked } from './descriptions-check.ts'
import { listIn, mapIn, textIn } from './descriptions-maps.ts'
import { questionsFor } from './descriptions-questions.ts'

export interface NamedExample extends Example {
  readonly file: string
  readonly operation: string
}

/** A connector's examples, with their repetitions written out. */
export const examplesOf = async (connector: Connector): Promise<NamedExample[]> => {
  const folder = join(connector.folder, 'examples')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(names.map(async (file) => ({ ...(expand(JSON.parse(await readFile(join(folder, file), 'utf8'))) as Example), file, operation: file.replace(/\.[^.]+\.json$/, '') })))
}

/** What the connector and the sandbox said to each other. */
export interface Talk {
  /** As they reached the sandbox, by its own log. */
  readonly requests: readonly Asked[]
  readonly answers: readonly { readonly asked: Asked; readonly answered: Answered }[]
  /** What became of the questions about the population, by operation. */
  readonly outcomes: ReadonlyMap<string, readonly ItemAnswer[]>
}

/**
 * Asks the sandbox, through the engine and real HTTP, all that a connector's examples ask (their keys say how it
 * refuses: bad, limited, empty, down), and about its population, in batches and one by one.
 */
export const talk = async (connector: Connector, sandbox: Sandbox): Promise<Talk> => {
  const requests: Asked[] = []
  const answers: { asked: Asked; answered: Answered }[] = []
  const outcomes = new Map<string, ItemAnswer[]>()
  const agents = createAgents()
  const signal = AbortSignal.timeout(50_000)

  const as = async (fields: Readonly<Record<string, string>>, work: (account: Account, send: Send) => Promise<unknown>): Promise<void> => {
    const declared = await addressesOf(connector, fields)
    const vendorUrl = (url: string, server: string): string => (declared.get(server) ?? '') + url.slice(sandbox.vendorBase(connector.id, server).length)
    const send: Send = async (request, terms) => {
      const answer = await performRequest(request, { signal, agents })
      const asked = { method: request.method, url: vendorUrl(request.url, request.server), headers: request.headers }
      answers.push({ asked, answered: { status: answer.status, type: answer.headers['content-type'] ?? '', text: answer.text } })
      const error = await terms.classify(answer)
      if (error) throw error
      return answer
    }
    const never = (): Promise<never> => Promise.reject(new Error('This connector has no token.'))
    await fetch(`${sandbox.url}/_sandbox/reset`, { method: 'POST' })
    await work({ connection: 'test', fields, serverOverride: (server) => sandbox.vendorBase(connector.id, server), tokens: { get: () => Promise.resolve(null), renew: never } }, send)
    requests.push(...(await loggedAt(sandbox, connector.id, declared)))
  }

  const usual = Object.fromEntries(Object.entries(connector.manifest.auth.fields).map(([name, field]) => [name, field.default ?? `test-${name}`]))
  const ask = async (operation: string, items: readonly unknown[], account: Account, send: Send, single: boolean): Promise<ItemAnswer[]> =>
    perform({ connector, operation, items, account, send, signal, single, sleep: () => Promise.resolve() })

  for (const { operation, account, inputs, input } of await examplesOf(connector)) {
    await as({ ...usual, ...account }, (opened, send) => (operation === 'auth' ? testAccount({ connector, account: opened, send }) : ask(operation, inputs ?? [input], opened, send, false)))
  }
  for (const [key, { capability, object }] of connector.operations) {
    for (const single of [false, true]) {
      await as(usual, async (opened, send) => {
        const writing = `upsertRecords.${object}`
        // What is looked for in a CRM, or deleted there, was written before.
        const written = connector.operations.has(writing) && writing !== key ? await ask(writing, questionsFor('upsertRecords', sandbox.population, object), opened, send, single) : []
        const ids = written.flatMap(({ outputs }) => textIn(outputs[0], 'id') ?? [])
        outcomes.set(key, [...(outcomes.get(key) ?? []), ...(await ask(key, questionsFor(capability.name, sandbox.population, object, ids), opened, send, single))])
      })
    }
  }
  return { requests, answers, outcomes }
}

/** The vendor's own addresses, by server. */
const addressesOf = async (connector: Connector, fields: Readonly<Record<string, string>>): Promise<Map<string, string>> => {
  const addresses = new Map<string, string>()
  for (const [name, address] of connector.compiled.servers) addresses.set(name, (await address(fields, { account: fields })).replace(/\/+$/, ''))
  return addresses
}

const loggedAt = async (sandbox: Sandbox, connector: string, declared: ReadonlyMap<string, string>): Promise<Asked[]> => {
  const log: unknown = await (await fetch(`${sandbox.url}/_sandbox/requests?connector=${connector}&limit=500`)).json()
  return listIn(log, 'requests').map((one) => {
    const url = new URL((declared.get(textIn(one, 'server') ?? '') ?? '') + (textIn(one, 'path') ?? ''))
    for (const [name, value] of Object.entries(mapIn(one, 'query'))) for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) url.searchParams.append(name, String(each))
    const headers = Object.fromEntries(Object.entries(mapIn(one, 'headers')).map(([name, value]) => [name, String(value)]))
    const body = typeof one === 'object' && one !== null && 'body' in one ? { body: one.body } : {}
    return { method: textIn(one, 'method') ?? '', url: url.href, headers, ...body }
  })
}
