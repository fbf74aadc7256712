import { HubError } from '../../contracts/errors.ts'
import type { StoredToken } from '../../contracts/token.ts'
import type { Connector } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import type { Account, Send } from '../port/types.ts'
import type { Credentials, OpenedAccount } from '../request/credentials.ts'
import { basicHeader, headerValues } from '../request/encode.ts'
import { fieldsOf, tokenWayOf } from './account.ts'
import { freshToken, isFresh } from './freshToken.ts'

/** One account in use: its fields, and its token where it has one. */
export interface Session extends OpenedAccount {
  readonly send: Send
  /** What expressions know of the account: its fields, and its token as far as it was needed until now. */
  readonly bound: () => Bound
  /** Gets a token first where one is needed. */
  readonly credentials: () => Promise<Credentials>
  /** After a refusal: a new token, unless somebody else has renewed it meanwhile. False where there is no token. */
  readonly renew: (refused: Credentials) => Promise<boolean>
}

/** @throws HubError invalid_input when the account lacks fields */
export const openSession = (connector: Connector, account: Account, send: Send): Session => {
  const fields = fieldsOf(connector, account)
  let current: Promise<Credentials> | null = null
  let bound: Bound = { account: fields }
  let expiresAt: number | undefined

  const fetchToken = async (refused: string | null): Promise<StoredToken> => {
    const stored = await account.tokens.get()
    if (stored && isFresh(stored) && stored.access !== refused) return stored
    return account.tokens.renew(async (old) =>
      old && isFresh(old) && old.access !== refused ? old : freshToken({ connector, account, fields, send, old }),
    )
  }

  const make = async (refused: string | null): Promise<Credentials> => {
    const token = tokenWayOf(connector, fields) ? await fetchToken(refused) : null
    expiresAt = token?.expiresAt
    const made = await credentialsFor(connector, fields, token)
    bound = made.bound
    return made
  }

  const start = (refused: string | null): Promise<Credentials> => {
    const made = make(refused)
    current = made
    // A failure is told to whoever asked; the next one tries again.
    made.catch(() => {
      if (current === made) current = null
    })
    return made
  }

  return {
    connector,
    account,
    fields,
    send,
    bound: () => bound,
    credentials: () =>
      current && (expiresAt === undefined || isFresh({ access: '', expiresAt })) ? current : start(null),
    renew: async (refused) => {
      if (!refused.token) return false
      const now = await current
      // Another call of this session was refused before and has renewed it.
      if (now && now.token && now.token.access !== refused.token.access) return true
      await start(refused.token.access)
      return true
    },
  }
}

const credentialsFor = async (
  connector: Connector,
  fields: Readonly<Record<string, string>>,
  token: StoredToken | null,
): Promise<Credentials> => {
  const { send } = connector.compiled
  const bound: Bound = { account: fields, ...(token && { token: { access: token.access, extra: token.extra ?? {} } }) }
  const headers: Record<string, string> = send.headers ? headerValues(await send.headers(fields, bound)) : {}
  if (send.bearer) headers.authorization = `Bearer ${await text(send.bearer(fields, bound), 'bearer', connector)}`
  if (send.basic) {
    const basic: unknown = await send.basic(fields, bound)
    headers.authorization = basicHeader(partOf(basic, 'user'), partOf(basic, 'password'))
  }
  return {
    headers: headerValues(headers),
    bound,
    token,
    ...(send.query && { query: await send.query(fields, bound) }),
    ...(send.json && { json: await send.json(fields, bound) }),
    ...(send.form && { form: await send.form(fields, bound) }),
  }
}

const partOf = (value: unknown, key: 'user' | 'password'): string => {
  const part: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return typeof part === 'string' ? part : ''
}

const text = async (value: unknown, what: string, connector: Connector): Promise<string> => {
  const ready: unknown = await value
  if (typeof ready === 'string' && ready !== '') return ready
  throw new HubError('invalid_input', `Connector ${connector.id}: auth.send.${what} has no value.`, {
    provider: connector.id,
  })
}
