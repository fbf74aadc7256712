import { createHash } from 'node:crypto'

/** The name under which an answer is kept. Long ones are hashed: an index row of Postgres holds some 2,700 bytes. */
export const cacheKeyOf = (key: string): string =>
  key.length <= 200 ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`
