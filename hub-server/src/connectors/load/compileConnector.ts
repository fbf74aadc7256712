import { milliseconds } from '../../contracts/duration.ts'
import type { Compiled, Connector, Operation, Received, TokenWay } from '../compiled/connector.ts'
import { ExpressionSyntaxError, type Evaluator, type Expression, type Lexicon } from '../expressions/expression.ts'
import { messageOf } from '../../fence/index.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { compileAddress, compileValue } from '../compiled/template.ts'
import type { Token } from '../manifest/auth.ts'
import { compileOperation, type Capabilities } from './compileOperation.ts'
import {
  compileErrors,
  compileRequest,
  expression,
  knowing,
  optionalExpression,
  type Compiler,
} from './compileRequest.ts'
import { suggestion, type Path, type Report } from './problem.ts'

/** Everything in a manifest made ready to run; mistakes are reported, and the outcome is then not used. */
export const compileConnector = (
  manifest: Manifest,
  evaluator: Evaluator,
  capabilities: Capabilities,
  report: Report,
): Pick<Connector, 'operations' | 'compiled'> => {
  const lexicon: Lexicon = { maps: manifest.maps ?? {}, tables: manifest.tables ?? {} }
  const compiler: Compiler = {
    report,
    servers: Object.keys(manifest.servers),
    buckets: (manifest.limits ?? []).flatMap(({ bucket }) => bucket ?? []),
    compile: compileWith(manifest.id, evaluator, lexicon, report),
  }
  const operations = new Map<string, Operation>()
  for (const [key, described] of Object.entries(manifest.operations)) {
    const operation = compileOperation(key, described, capabilities, compiler)
    if (operation) operations.set(key, operation)
  }
  if (!compiler.servers.includes('default'))
    report(['servers'], 'There is no server "default".', 'Call the usual one "default".')
  for (const [position, limit] of (manifest.limits ?? []).entries()) {
    const at = ['limits', position]
    if ((limit.calls === undefined) !== (limit.per === undefined))
      report(at, '"calls" and "per" belong together.', 'Write "calls: 10, per: 1s".')
    if (limit.server !== undefined && !compiler.servers.includes(limit.server))
      report(
        [...at, 'server'],
        `There is no server "${limit.server}".`,
        `Write one of: ${compiler.servers.join(', ')}.`,
      )
    if (limit.operation !== undefined && !(limit.operation in manifest.operations))
      report(
        [...at, 'operation'],
        `There is no operation "${limit.operation}".`,
        `Write one of: ${Object.keys(manifest.operations).join(', ')}.`,
      )
  }
  checkConditions(manifest, report)
  return { operations, compiled: compileShared(manifest, compiler) }
}

/** The ways to log in, each with its place under "auth". */
const tokenWays = (token: Manifest['auth']['token']): { at: Path; way: Token }[] => {
  if (Array.isArray(token)) return token.map((way, position) => ({ at: ['token', position], way }))
  return token ? [{ at: ['token'], way: token }] : []
}

/** An "if" of the log-in names fields, and values that they may have. */
const checkConditions = ({ auth: { fields, token } }: Manifest, report: Report): void => {
  const conditions = [
    ...tokenWays(token).map(({ at, way }) => ({ at, condition: way.if })),
    ...Object.entries(fields).map(([name, field]) => ({ at: ['fields', name], condition: field.if })),
  ]
  for (const { at, condition = {} } of conditions) {
    for (const [name, value] of Object.entries(condition)) {
      const known = fields[name]?.choices
      if (known?.includes(value)) continue
      if (known) report(['auth', ...at, 'if', name], `"${name}" has no choice "${value}".`, suggestion(value, known))
      else
        report(
          ['auth', ...at, 'if'],
          `There is no field "${name}" with choices.`,
          'Name a field under auth.fields that has "choices".',
          { key: name },
        )
    }
  }
}

/**
 * The longest expression and all of a connector's together, characters, and how many there may be: ours have a quarter
 * of it at most. JSONata reads them on the hub's own loop, and takes the square of a path's length.
 */
const longestExpression = 4_096
const mostCharacters = 65_536
const mostExpressions = 1_000

const compileWith = (connector: string, evaluator: Evaluator, lexicon: Lexicon, report: Report) => {
  const never = (source: string): Expression => ({ source, evaluate: () => undefined })
  let [count, characters] = [0, 0]
  return (source: string, path: Path): Expression => {
    count++
    characters += source.length
    const refusal = tooMuchOf(source.length, characters, count)
    if (refusal) {
      report(path, refusal, 'Describe less in one connector, or put it more shortly.')
      return never(source)
    }
    try {
      return evaluator.compile(source, { connector, field: path.join('.') }, lexicon)
    } catch (thrown) {
      // Whatever it throws is about the text: mistakes with and without a place, a depth that it cannot take.
      const why = thrown instanceof RangeError ? 'its parts stand inside one another too deeply' : messageOf(thrown)
      report(path, `This is not JSONata: ${why}`, 'Correct the expression; it can be tried at try.jsonata.org.', {
        within: thrown instanceof ExpressionSyntaxError ? thrown.position : 0,
      })
      return never(source)
    }
  }
}

const tooMuchOf = (length: number, characters: number, count: number): string | null => {
  if (length > longestExpression) return `This expression is longer than ${longestExpression} characters.`
  if (characters > mostCharacters) return `The expressions have more than ${mostCharacters} characters together.`
  return count > mostExpressions ? `There are more than ${mostExpressions} expressions.` : null
}

const compileShared = (manifest: Manifest, compiler: Compiler): Compiled => {
  const { fields, send = {}, token, test } = manifest.auth
  // With a log-in there is also what that gives.
  const { compile } = token ? compiler : knowing(compiler, 'The account', Object.keys(fields))
  const at = (name: string): Path => ['auth', 'send', name]
  return {
    servers: new Map(
      Object.entries(manifest.servers).map(([name, address]) => [
        name,
        compileAddress(address, ['servers', name], compile),
      ]),
    ),
    errors: compileErrors(manifest.errors, ['errors'], compiler),
    send: {
      ...(send.query && { query: compileValue(send.query, at('query'), compile) }),
      ...(send.headers && { headers: compileValue(send.headers, at('headers'), compile) }),
      ...(send.json && { json: compileValue(send.json, at('json'), compile) }),
      ...(send.form && { form: compileValue(send.form, at('form'), compile) }),
      ...(send.bearer !== undefined && { bearer: compileValue(send.bearer, at('bearer'), compile) }),
      ...(send.basic && { basic: compileValue(send.basic, at('basic'), compile) }),
    },
    tokens: tokenWays(token).map(({ at: place, way }) => compileToken(way, ['auth', ...place], compiler)),
    ...(test && {
      test: {
        request: compileRequest(test, ['auth', 'test'], compiler),
        good: optionalExpression(test.good, ['auth', 'test', 'good'], compiler),
      },
    }),
    receives: new Map(
      Object.entries(manifest.receives ?? {}).map(([event, described]) => [
        event,
        compileReceive(described, ['receives', event], compiler),
      ]),
    ),
  }
}

const compileToken = (manifest: Token, path: Path, compiler: Compiler): TokenWay => {
  const { compile, report } = compiler
  const { grant, sign, read = {} } = manifest
  if (grant === 'jwt' && !sign)
    report(
      path,
      'The grant "jwt" needs "sign": what is signed and with what key.',
      'Add "sign: { algorithm: RS256, key: =privateKey, lifetime: 1h, claims: … }".',
    )
  if (grant === 'authorization_code' && manifest.authorize === undefined)
    report(
      path,
      'The grant "authorization_code" needs "authorize": the page that asks the person.',
      'Add "authorize: /oauth/authorize".',
    )
  const at = (...names: string[]): Path => [...path, ...names]
  return {
    manifest,
    request: compileRequest(manifest, path, compiler),
    ...(sign && {
      sign: {
        algorithm: sign.algorithm,
        key: expression(sign.key, at('sign', 'key'), compiler),
        lifetimeMs: milliseconds(sign.lifetime),
        claims: compileValue(sign.claims, at('sign', 'claims'), compile),
        header: compileValue(sign.header ?? {}, at('sign', 'header'), compile),
      },
    }),
    read: {
      access: expression(read.access ?? '=access_token', at('read', 'access'), compiler),
      refresh: expression(read.refresh ?? '=refresh_token', at('read', 'refresh'), compiler),
      expiresIn: compileValue(read.expiresIn ?? '=expires_in', at('read', 'expiresIn'), compile),
      extra: compileValue(read.extra ?? {}, at('read', 'extra'), compile),
    },
    ...(manifest.authorize !== undefined && {
      authorize: compileAddress(manifest.authorize, at('authorize'), compile),
    }),
    ...(manifest.authorizeQuery && {
      authorizeQuery: compileValue(manifest.authorizeQuery, at('authorizeQuery'), compile),
    }),
  }
}

const compileReceive = (
  manifest: NonNullable<Manifest['receives']>[string],
  path: Path,
  compiler: Compiler,
): Received => {
  const { verify } = manifest
  if (verify.hmac && (verify.secret === undefined || verify.header === undefined))
    compiler.report(
      [...path, 'verify'],
      'A signature needs "secret" and "header".',
      'Add "secret: =appSecret, header: X-Signature".',
    )
  if (!verify.hmac && (verify.token === undefined || (verify.header ?? verify.query) === undefined))
    compiler.report(
      [...path, 'verify'],
      'It is not said how to know that the vendor called.',
      'Write "hmac: sha256, secret: =…, header: …", or "token: =…" with "header" or "query".',
    )
  const at = (name: string): Path => [...path, 'verify', name]
  return {
    manifest,
    secret: optionalExpression(verify.secret, at('secret'), compiler),
    token: optionalExpression(verify.token, at('token'), compiler),
    over: optionalExpression(verify.over, at('over'), compiler),
    each: optionalExpression(manifest.each, [...path, 'each'], compiler),
    delivery: optionalExpression(manifest.delivery, [...path, 'delivery'], compiler),
    read: compileValue(manifest.read, [...path, 'read'], compiler.compile),
  }
}
