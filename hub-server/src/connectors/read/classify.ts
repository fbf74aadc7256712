import type { ErrorKind } from '../../contracts/errors.ts'
import type { Connector, ErrorRow, Request } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import type { SendOutcome } from '../manifest/parts.ts'
import { redactorFor } from '../redaction/redactor.ts'
import { truthy } from '../expressions/truth.ts'
import type { VendorAnswer } from '../port/types.ts'
import { retryAfterOf } from './retryAfter.ts'
import { outcomeOfAnswer } from './send-outcome.ts'
import { VendorError } from './vendor-error.ts'
import { shorten, vendorMessage } from './vendorMessage.ts'

/** What a status means where a connector's table says nothing else. */
const kindOf = (status: number): ErrorKind | null => {
  if (status < 300) return null
  const known: Record<number, ErrorKind> = {
    400: 'invalid_input',
    401: 'unauthorized',
    402: 'quota_exceeded',
    403: 'forbidden',
    404: 'not_found',
    408: 'timeout',
    409: 'conflict',
    422: 'invalid_input',
    429: 'rate_limited',
  }
  if (status >= 500) return 'unavailable'
  return known[status] ?? (status < 400 ? 'bad_response' : 'invalid_input')
}

const sentences: Record<string, string> = {
  invalid_input: 'did not accept the input',
  unauthorized: 'refused the key',
  forbidden: 'does not allow this with this key',
  not_found: 'does not know this',
  conflict: 'says that this contradicts what it has',
  rate_limited: 'says that there were too many calls',
  quota_exceeded: 'has no credits left',
  unavailable: 'is not working just now',
  timeout: 'did not answer in time',
  bad_response: 'gave an answer that made no sense',
  unsupported: 'cannot do this',
}

interface Seen {
  readonly connector: Connector
  readonly fields: Readonly<Record<string, string>>
  readonly request: Request
  /** Rows of the operation, then of the connector; the first that fits counts. */
  readonly errors: readonly ErrorRow[]
  readonly answer: VendorAnswer
  readonly root: unknown
  readonly bound: Bound
}

/** What is wrong with an answer as a whole; null when it is a good one. */
export const classify = async (seen: Seen): Promise<VendorError | null> => {
  const { connector, request, answer, errors, root, bound } = seen
  if (request.allow.includes(answer.status)) return null
  const all: Bound = { ...bound, status: answer.status, headers: answer.headers }
  const row = await rowFor([...request.errors, ...errors], answer.status, root, all)
  if (row) return errorFrom(row, seen, all)
  const kind = kindOf(answer.status)
  if (kind) {
    const mayComeBack = kind === 'rate_limited' || kind === 'unavailable'
    return errorOf(connector, seen.fields, kind, vendorMessage(answer.body), {
      status: answer.status,
      outcome: outcomeOfAnswer(answer.status, kind, false),
      ...(mayComeBack && { retryAfter: retryAfterOf(answer.headers) }),
    })
  }
  if (isUnreadable(request, answer)) {
    // What came is not quoted: it may repeat the key, cut off so that nobody would know it.
    const what = answer.text.trimStart().startsWith('<') ? 'a web page' : 'something else'
    return errorOf(connector, seen.fields, 'bad_response', `JSON was expected, but there came ${what}`)
  }
  return request.body?.kind === 'graphql' ? graphqlError(seen) : null
}

/** Whether a body that should have been JSON could not be read; an empty one is no JSON but no lie either. */
export const isUnreadable = (request: Pick<Request, 'as'>, answer: VendorAnswer): boolean =>
  request.as === 'json' && answer.body === undefined && answer.text.trim() !== ''

/** The first row of an error table that an answer, or an element of one, fits. */
export const rowFor = async (
  rows: readonly ErrorRow[],
  status: number,
  root: unknown,
  bound: Bound,
): Promise<ErrorRow | null> => {
  for (const row of rows) {
    if (row.status.length && !row.status.includes(status)) continue
    if (!row.when || truthy(await row.when.evaluate(root, bound))) return row
  }
  return null
}

/** The error that a row of the table stands for. */
export const errorFrom = async (
  row: ErrorRow,
  { connector, fields, answer, root }: Pick<Seen, 'connector' | 'fields' | 'answer' | 'root'>,
  bound: Bound,
): Promise<VendorError> => {
  const message: unknown = row.message ? await row.message(root, bound) : vendorMessage(root)
  const wait = row.retryAfter ? Number(await row.retryAfter(root, bound)) : retryAfterOf(answer.headers)
  return errorOf(connector, fields, row.kind, typeof message === 'string' ? message : undefined, {
    outcome: row.outcome ?? outcomeOfAnswer(answer.status, row.kind, true),
    ...(row.advice !== undefined && { advice: row.advice }),
    ...(Number.isFinite(wait) && { retryAfter: wait }),
  })
}

interface More {
  /** Told where nothing but the status says what is wrong. */
  readonly status?: number
  readonly retryAfter?: number
  readonly advice?: string
  readonly outcome?: SendOutcome
}

/** An error of the vendor's, in a sentence, with what it said itself; never with a secret. */
export const errorOf = (
  connector: Connector,
  fields: Readonly<Record<string, string>>,
  kind: ErrorKind,
  said?: string,
  { status, ...more }: More = {},
): VendorError => {
  const sentence =
    `${connector.manifest.name} ` + `${sentences[kind] ?? 'refused'}${status === undefined ? '' : ` (HTTP ${status})`}`
  const quoted = said ? `: ${shorten(redactorFor(connector, fields).words(said)).replace(/\.$/, '')}` : ''
  return new VendorError(kind, `${sentence}${quoted}.`, { provider: connector.id, ...more })
}

/** GraphQL tells of errors inside HTTP 200; with data beside them, the data counts. */
const graphqlError = ({ connector, fields, answer }: Seen): VendorError | null => {
  const body = answer.body
  if (
    typeof body !== 'object' ||
    body === null ||
    !('errors' in body) ||
    !Array.isArray(body.errors) ||
    body.errors.length === 0
  )
    return null
  if ('data' in body && truthy(body.data)) return null
  return errorOf(connector, fields, 'bad_response', vendorMessage(body))
}
