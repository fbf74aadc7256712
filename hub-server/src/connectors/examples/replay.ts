import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { HubError } from '../../contracts/errors.ts'
import type { StoredToken } from '../../contracts/token.ts'
import { tokenWayOf } from '../auth/account.ts'
import type { Connector } from '../compiled/connector.ts'
import { messageOf } from '../../fence/index.ts'
import { codeOf, FileError, mostBytes, readInside, textOf } from '../load/own-file.ts'
import { unwrittenJobs } from '../port/jobs.ts'
import { perform } from '../ask/perform.ts'
import { testAccount } from '../auth/testAccount.ts'
import type { Account, ItemAnswer, PerformInput, Send, VendorAnswer, VendorRequest } from '../port/types.ts'
import { expand } from './repeat.ts'

/** examples/<operation>.<case>.json: what is asked, the calls that must leave, and what must come of it. */
export interface Example {
  /** The account's fields; those that are missing are made up. */
  readonly account?: Readonly<Record<string, string>>
  readonly token?: StoredToken
  readonly input?: unknown
  readonly inputs?: readonly unknown[]
  readonly exchanges: readonly Exchange[]
  /** For "input" one, for "inputs" a list of them; for auth {good: true} or {error}. */
  readonly expect: unknown
  /** Credits of all calls together. */
  readonly credits?: number
  /** What comes to $callback.url later. */
  readonly callback?: unknown
}

export interface Exchange {
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
  }
  readonly answer: {
    readonly status?: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
    readonly text?: string
  }
}

export interface Outcome {
  readonly file: string
  /** verifyEmail, upsertRecords.contact, or auth. */
  readonly operation: string
  /** hit, miss, bad-key, … */
  readonly case: string
  /** What differs from the example; none when it holds. */
  readonly problems: readonly string[]
}

/** Replays every example of a connector; nothing leaves the machine. */
export const replayExamples = async (connector: Connector): Promise<Outcome[]> => {
  const files = (await namesIn(join(connector.folder, 'examples'))).filter((file) => file.endsWith('.json')).sort()
  const outcomes: Outcome[] = []
  // One after the other: each has its own time.
  for (const file of files.slice(0, mostExamples)) {
    const [, operation = '', name = ''] = /^(.+)\.([^.]+)\.json$/.exec(file) ?? []
    const problems =
      operation === 'auth' || connector.operations.has(operation)
        ? await replayFile(connector, operation, file)
        : [`There is no operation "${operation}".`]
    outcomes.push({ file, operation, case: name, problems })
  }
  return outcomes
}

/** One of ours has 179. */
const mostExamples = 1_000

const namesIn = async (folder: string): Promise<string[]> => {
  const names: string[] = []
  try {
    for await (const { name } of await opendir(folder)) {
      names.push(name)
      if (names.length > mostExamples) break
    }
  } catch (thrown) {
    // Without examples, or with something else of that name: then each case is told of as missing.
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(thrown))) throw thrown
  }
  return names
}

const replayFile = async (connector: Connector, operation: string, file: string): Promise<string[]> => {
  try {
    const text = textOf(await readInside(connector.folder, join('examples', file), mostBytes.example))
    return await replay(connector, operation, expand(JSON.parse(text)) as Example)
  } catch (thrown) {
    if (thrown instanceof FileError) return [thrown.message, thrown.instead]
    // Whatever stands in the file in place of an example.
    const why = thrown instanceof RangeError ? 'its parts stand inside one another too deeply' : messageOf(thrown)
    return [`This is no example: ${why}.`, 'docs/writing-a-connector.md shows one.']
  }
}

const replay = async (connector: Connector, operation: string, example: Example): Promise<string[]> => {
  const problems: string[] = []
  const open = [...example.exchanges]
  let credits = 0
  const send: Send = async (request, terms) => {
    const position = open.findIndex((exchange) => differences(exchange, request).length === 0)
    const exchange = open[position]
    if (!exchange) {
      const [next] = open
      problems.push(
        next
          ? `Another call left than the example says: ${differences(next, request).join('; ')}`
          : `One call more than the example says: ${request.method} ${request.url}`,
      )
      throw new HubError('unavailable', 'The example does not have this call.')
    }
    open.splice(position, 1)
    const answer = toAnswer(exchange, request)
    const error = await terms.classify(answer)
    if (error) throw error
    const { credits: charged } = await terms.outcome(answer)
    if (charged > terms.maxCredits)
      problems.push(`The answer cost ${charged} credits, but only ${terms.maxCredits} were reserved.`)
    credits += charged
    return answer
  }
  const account = accountOf(connector, example)
  if (operation === 'auth') {
    const error = await testAccount({ connector, account, send })
    compare(error ? { error: error.kind } : { good: true }, example.expect, 'the key test', problems)
  } else {
    const items = example.inputs ?? [example.input]
    const answers = await perform({
      connector,
      operation,
      items,
      account,
      send,
      signal: AbortSignal.timeout(20_000),
      sleep: () => Promise.resolve(),
      ...callbackOf(example),
    })
    const expected = expectedOf(example)
    if (answers.length !== expected.length)
      problems.push(`${answers.length} answers came, ${expected.length} were expected.`)
    for (const [position, answer] of answers.entries())
      compare(
        shown(answer, expected[position]),
        expected[position],
        `item ${position}${answer.error ? ` (${answer.error.message})` : ''}`,
        problems,
      )
  }
  for (const exchange of open) problems.push(`This call never left: ${exchange.request.method} ${exchange.request.url}`)
  if (example.credits !== undefined && example.credits !== credits)
    problems.push(`It cost ${credits} credits, ${example.credits} were expected.`)
  return problems
}

/** What is expected of each item. */
const expectedOf = ({ inputs, expect }: Example): unknown[] => {
  if (!inputs) return [expect]
  return Array.isArray(expect) ? expect : []
}

/** Of an answer, what the example speaks of: outputs or error, and reason and retryAfter where it names them. */
const shown = (answer: ItemAnswer, expected: unknown): unknown => {
  const names = typeof expected === 'object' && expected !== null ? Object.keys(expected) : []
  return {
    ...((names.includes('outputs') || !answer.error) && { outputs: shownOutputs(answer.outputs, expected) }),
    ...(answer.error && { error: answer.error.kind }),
    ...(names.includes('reason') && { reason: answer.reason }),
    ...(names.includes('retryAfter') && { retryAfter: answer.error?.retryAfter }),
    ...(names.includes('message') && { message: answer.error?.message }),
    ...(names.includes('credits') && { credits: answer.credits }),
  }
}

/** What stands in a record after it was written is compared where the example names it. */
const shownOutputs = (outputs: readonly unknown[], expected: unknown): readonly unknown[] =>
  JSON.stringify(expected)?.includes('"record":')
    ? outputs
    : outputs.map((output) =>
        typeof output === 'object' && output !== null && 'record' in output && 'outcome' in output
          ? Object.fromEntries(Object.entries(output).filter(([name]) => name !== 'record'))
          : output,
      )

const compare = (actual: unknown, expected: unknown, what: string, problems: string[]): void => {
  const plain: unknown = JSON.parse(JSON.stringify(actual))
  if (!isDeepStrictEqual(plain, expected))
    problems.push(`${what}: ${JSON.stringify(plain)} came, ${JSON.stringify(expected)} was expected.`)
}

const differences = ({ request: expected }: Exchange, request: VendorRequest): string[] => {
  const found: string[] = []
  if (expected.method !== request.method) found.push(`method ${request.method} instead of ${expected.method}`)
  if (canonical(expected.url) !== canonical(request.url)) found.push(`url ${request.url} instead of ${expected.url}`)
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const sent = request.headers[name.toLowerCase()]
    if (sent !== value) found.push(`header ${name}: ${sent ?? 'nothing'} instead of ${value}`)
  }
  const body = bodyOf(request)
  if (expected.body !== undefined && !isDeepStrictEqual(body, expected.body))
    found.push(`body ${JSON.stringify(body)} instead of ${JSON.stringify(expected.body)}`)
  if (expected.body === undefined && body !== undefined && request.method !== 'GET')
    found.push(`a body nobody expected: ${JSON.stringify(body)}`)
  return found
}

/** An address with its query in one order. */
const canonical = (url: string): string => {
  if (!/^https?:/.test(url)) return url
  const parsed = new URL(url)
  parsed.searchParams.sort()
  return parsed.toString()
}

const bodyOf = ({ body, headers, protocol }: VendorRequest): unknown => {
  if (body === undefined) return undefined
  const text = typeof body === 'string' ? body : Buffer.from(body).toString()
  if (protocol === 'mmdb') return text
  const type = headers['content-type'] ?? 'application/json'
  if (type.startsWith('multipart/')) return text.replaceAll(/----hub[0-9a-f]+/g, '----')
  return /[/+]json\b/.test(type) ? (JSON.parse(text) as unknown) : text
}

const toAnswer = ({ answer }: Exchange, request: VendorRequest): VendorAnswer => {
  const headers = Object.fromEntries(
    Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
  return {
    status: answer.status ?? 200,
    headers,
    text,
    body: answeredBody(answer, request, text),
  }
}

const answeredBody = (answer: Exchange['answer'], { as }: VendorRequest, text: string): unknown => {
  if (as === 'text') return text
  return answer.text === undefined ? answer.body : parsed(answer.text)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined // what the fetcher gives for JSON that cannot be parsed
  }
}

const callbackOf = ({ callback: later }: Example): Pick<PerformInput, 'jobs'> => {
  const heard = () => Promise.resolve({ body: later })
  return later === undefined
    ? {}
    : { jobs: unwrittenJobs({ url: 'https://hub.example/v1/callbacks/1', token: '1', heard }) }
}

const accountOf = (connector: Connector, example: Example): Account => {
  const made = Object.entries(connector.manifest.auth.fields).map(([name, field]) => [
    name,
    field.default ?? field.choices?.[0] ?? `test-${name}`,
  ])
  const fields = { ...(Object.fromEntries(made) as Record<string, string>), ...example.account }
  let stored: StoredToken | null =
    example.token ??
    (tokenWayOf(connector, fields)?.manifest.grant === 'authorization_code'
      ? { access: 'test-access', refresh: 'test-refresh' }
      : null)
  return {
    connection: 'example',
    fields,
    tokens: {
      get: () => Promise.resolve(stored),
      renew: async (make) => {
        stored = await make(stored)
        return stored
      },
    },
  }
}
