import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Sealer } from '../access/sealing.ts'
import type { Callback } from '../connectors/index.ts'
import { HubError } from '../contracts/errors.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Clock } from './limiter.ts'

export interface CallbackParts {
  readonly db: Db
  readonly sealer: Sealer
  readonly clock: Clock
  /** How the outside reaches the hub. */
  readonly publicUrl: string
}

export type Callbacks = ReturnType<typeof createCallbacks>

const lookMs = 1000
const boundTo = 'callback'
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/**
 * Addresses for answers that come later. An address is sealed, so that nobody invents one; what comes to it is kept in the
 * database, for it may come to another process than the one that waits, and is forgotten when it is fetched, or after an hour.
 */
export const createCallbacks = ({ db, sealer, clock, publicUrl }: CallbackParts) => ({
  open: (): Callback => {
    const token = sealer.seal(randomBytes(16).toString('hex'), boundTo)
    const wait = async (ms: number, signal: AbortSignal): Promise<unknown> => {
      for (const until = clock.now() + ms; clock.now() < until; await clock.sleep(lookMs, signal)) {
        const row = await db.deleteFrom('callback').where('token', '=', hashOf(token)).returning('body').executeTakeFirst()
        if (row) return row.body
      }
      throw new HubError('timeout', 'The service promised an answer, and it has not come.', { advice: 'Check that the hub’s public address (PUBLIC_URL) is reached from outside, then try again.' })
    }
    return { url: `${publicUrl}/v1/callbacks/${token}`, token, wait }
  },
  /** @throws HubError not_found for an address that the hub never gave */
  take: async (token: string, body: unknown): Promise<void> => {
    try {
      sealer.open(token, boundTo)
    } catch (cause) {
      throw new HubError('not_found', 'Nobody waits for an answer here.', { cause })
    }
    await db.deleteFrom('callback').where('expires_at', '<', sql<Date>`now()`).execute()
    await db.insertInto('callback').values({ token: hashOf(token), body: json(body) }).onConflict((conflict) => conflict.column('token').doNothing()).execute()
  },
})
