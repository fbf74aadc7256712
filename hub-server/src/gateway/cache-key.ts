import { createHash } from 'node:crypto'
import { groundOf } from '../connectors/index.ts'
import type { Provider } from './providers.ts'

/**
 * The name under which an answer of a provider is kept, waited for and leased: the question, and whatever else the
 * answer depends on (see groundOf). Long ones are hashed: an index row of Postgres holds some 2,700 bytes.
 * @param key what the capability tells its questions apart by
 */
export const cacheKeyOf = (key: string, provider: Provider): string => {
  const ground = groundNameOf(provider)
  const name = ground === '' ? key : JSON.stringify([key, ground])
  return name.length <= 200 ? name : `sha256:${createHash('sha256').update(name).digest('hex')}`
}

/** What an answer of a provider depends on beside the question and the service; empty where on nothing. */
export const groundNameOf = ({ connector, operation, connection }: Provider): string => {
  const { isOfAccount, description } = groundOf(connector, operation)
  const account = isOfAccount ? [connection.id, connection.version ?? ''] : []
  return [...account, ...(description === undefined ? [] : [description])].join(' ')
}
