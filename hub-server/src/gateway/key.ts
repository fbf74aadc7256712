import { createHash } from 'node:crypto'
import type { Capability } from '../capabilities/capability.ts'

/** The name under which an answer is kept. Long ones are hashed: an index row of Postgres holds some 2,700 bytes. */
export const keyOf = (capability: Capability, input: unknown): string => {
  const key = capability.key(input)
  return key.length <= 200 ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`
}
