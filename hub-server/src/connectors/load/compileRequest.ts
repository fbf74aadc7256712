import { milliseconds } from '../../contracts/duration.ts'
import type { ErrorRow, Request } from '../compiled/connector.ts'
import type { Expression } from '../expressions/expression.ts'
import type { Request as RequestManifest } from '../manifest/request.ts'
import { compileAddress, compileValue, piecesOf } from '../compiled/template.ts'
import { suggestion, type Path, type Report } from './problem.ts'

/** What compiling one connector needs everywhere. */
export interface Compiler {
  readonly report: Report
  /** Compiles the text after "="; a mistake is reported and gives an expression that is never run. */
  readonly compile: (source: string, path: Path) => Expression
  readonly servers: readonly string[]
  /** Buckets of the limits. */
  readonly buckets: readonly string[]
}

/**
 * The same, for expressions about something whose fields are known: a path that begins with none of them is a slip.
 * @param what whose, as it is said
 */
export const knowing = (compiler: Compiler, what: string, fields: readonly string[]): Compiler => ({
  ...compiler,
  compile: (source, path) => {
    const made = compiler.compile(source, path)
    const name = made.path?.variable === null ? made.path.names[0] : undefined
    if (name !== undefined && !fields.includes(name))
      compiler.report(path, `${what} has no "${name}".`, suggestion(name, fields))
    return made
  },
})

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
type Method = (typeof methods)[number] | 'smtp' | 'lookup'
const bodies = ['json', 'form', 'multipart', 'text', 'graphql'] as const

/** A string that begins with "=" as an expression; the schema has checked that it does. */
export const expression = (text: string, path: Path, compiler: Compiler): Expression =>
  compiler.compile(text.replace(/^=/, ''), path)

export const optionalExpression = (text: string | undefined, path: Path, compiler: Compiler): Expression | undefined =>
  text === undefined ? undefined : expression(text, path, compiler)

export const compileErrors = (rows: RequestManifest['errors'], path: Path, compiler: Compiler): ErrorRow[] =>
  (rows ?? []).map((row, position) => {
    const at = [...path, position]
    if (row.status === undefined && row.when === undefined)
      compiler.report(at, 'This error row is about nothing.', 'Add "status: 429" or "when: =…".')
    return {
      status: statusesOf(row.status),
      kind: row.kind,
      ...(row.when !== undefined && { when: expression(row.when, [...at, 'when'], compiler) }),
      ...(row.message !== undefined && { message: compileValue(row.message, [...at, 'message'], compiler.compile) }),
      ...(row.advice !== undefined && { advice: row.advice }),
      ...(row.outcome !== undefined && { outcome: row.outcome }),
      ...(row.retryAfter !== undefined && {
        retryAfter: compileValue(row.retryAfter, [...at, 'retryAfter'], compiler.compile),
      }),
    }
  })

export const statusesOf = (status: number | number[] | undefined): number[] =>
  status === undefined ? [] : [status].flat()

/** Where the requests of one way go, and what they count towards, where they do not say so themselves. */
export type Aim = Pick<RequestManifest, 'server' | 'bucket'>

/**
 * One call, ready to be filled in.
 * @param asking for what is sent, where that is about something whose fields are known
 */
export const compileRequest = (
  request: RequestManifest,
  path: Path,
  compiler: Compiler,
  { asking = compiler, ...aim }: Aim & { asking?: Compiler } = {},
): Request => {
  const { report } = compiler
  const { compile } = asking
  const asked = ([...methods, 'smtp', 'lookup'] satisfies Method[]).filter((key) => request[key] !== undefined)
  const [method] = asked
  if (asked.length !== 1)
    report(
      path,
      asked.length
        ? `This asks in ${asked.length} ways at once: ${asked.join(', ')}.`
        : 'This does not say what to call.',
      'Write exactly one of: get, post, put, patch, delete, smtp, lookup.',
    )

  const server = request.server ?? aim.server ?? 'default'
  if (!compiler.servers.includes(server))
    report(
      [...path, 'server'],
      `There is no server "${server}".`,
      `Add it under "servers", or write one of: ${compiler.servers.join(', ')}.`,
    )
  const bucket = request.bucket ?? aim.bucket ?? 'default'
  if (bucket !== 'default' && compiler.buckets.length > 0 && !compiler.buckets.includes(bucket))
    report(
      [...path, 'bucket'],
      `No limit has the bucket "${bucket}".`,
      `Write one of: ${compiler.buckets.join(', ')}; or add a limit with "bucket: ${bucket}".`,
    )

  const protocol = protocolOf(method)
  const address = method && method !== 'smtp' && method !== 'lookup' ? (request[method] ?? '') : ''
  if (protocol === 'http' && method) checkAddress(address, [...path, method], report)

  const given = bodies.filter((key) => request[key] !== undefined)
  if (given.length > 1) report(path, `This has ${given.length} bodies: ${given.join(', ')}.`, 'Keep one of them.')
  if (given.length && method === 'get')
    report(path, `A get has no body, but here is ${given.join(', ')}.`, 'Write "post", or move it to "query".')

  const body = compileBody(request, path, asking)
  return {
    method: calledMethod(method, request),
    protocol,
    server,
    bucket,
    path: compileAddress(address, [...path, method ?? 'get'], compile),
    as: request.as ?? 'json',
    timeoutMs: milliseconds(request.timeout ?? '30s'),
    allow: statusesOf(request.allow),
    errors: compileErrors(request.errors, [...path, 'errors'], compiler),
    open: request.open === true,
    ...(request.query && { query: compileValue(request.query, [...path, 'query'], compile) }),
    ...(request.headers && { headers: compileValue(request.headers, [...path, 'headers'], compile) }),
    ...(body && { body }),
  }
}

const protocolOf = (method: Method | undefined): Request['protocol'] => {
  if (method === 'lookup') return 'mmdb'
  return method === 'smtp' ? 'smtp' : 'http'
}

const calledMethod = (method: Method = 'get', { smtp }: RequestManifest): string => {
  if (method === 'smtp') return smtp === 'verify' ? 'VERIFY' : 'SEND'
  return method.toUpperCase()
}

const compileBody = (request: RequestManifest, path: Path, { compile }: Compiler): Request['body'] => {
  if (request.graphql !== undefined) {
    const { graphql } = request
    const variables = compileValue(request.variables ?? {}, [...path, 'variables'], compile)
    return {
      kind: 'graphql',
      render: async (root, bound) => ({ query: graphql, variables: await variables(root, bound) }),
    }
  }
  for (const kind of ['json', 'form', 'multipart', 'text'] as const) {
    if (request[kind] !== undefined) return { kind, render: compileValue(request[kind], [...path, kind], compile) }
  }
  if (typeof request.smtp === 'object')
    return { kind: 'message', render: compileValue(request.smtp, [...path, 'smtp'], compile) }
  if (request.lookup !== undefined)
    return { kind: 'key', render: compileValue(request.lookup, [...path, 'lookup'], compile) }
  return undefined
}

const checkAddress = (address: string, path: Path, report: Report): void => {
  if (address.startsWith('=')) return
  if (/^https?:/i.test(address))
    report(
      path,
      'A path may not hold a host: the sandbox could not stand in for it.',
      'Name the host under "servers", and write "server: <its name>" and the path that follows it.',
    )
  else if (!address.startsWith('/') && address !== '')
    report(path, `The path "${address}" does not begin with "/".`, `Write "/${address}".`)
  const pieces = piecesOf(address)
  // A "?" within a piece is a choice.
  if ((pieces ?? []).some(({ literal }) => literal.includes('?')))
    report(path, 'The path holds a query.', 'Write it under "query", so that it is encoded.')
  if (pieces === null) report(path, 'A "{" in the path is never closed.', 'Close the expression with "}".')
}
