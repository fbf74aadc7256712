import { createHash, randomBytes } from 'node:crypto'
import type { Sealer } from '../accounts/sealing.ts'
import type { Callback } from '../connectors/index.ts'
import { HubError } from '../contracts/errors.ts'
import { retryWhileUnavailable } from '../db/unavailable.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import type { Clock } from './rate-limiter.ts'

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
 * Addresses at which vendors answer later, or say that a job is done. An address is sealed, so that nobody invents one.
 * It stands in the database, as a hash, before it is given away, and so does what comes to it: whoever takes the job up
 * finds it, whichever process opened the address, for as long as the job may live.
 */
export const createCallbacks = ({ db, sealer, clock, publicUrl }: CallbackParts) => {
  const arrived = async (job: string): Promise<{ body: unknown } | undefined> => {
    const row = await retryWhileUnavailable(() =>
      db
        .selectFrom('callback')
        .select('body')
        .where('job', '=', job)
        .where('body', 'is not', null)
        .limit(1)
        .executeTakeFirst(),
    )
    return row && { body: row.body }
  }

  const requireOurs = (token: string): void => {
    try {
      sealer.open(token, boundTo)
    } catch (cause) {
      throw new HubError('not_found', 'Nobody waits for an answer here.', { cause })
    }
  }

  return {
    /**
     * A new address for a job that is written down already; a job that is taken up may have several, and any of them
     * counts.
     */
    open: async (trx: Db, job: string, expiresAt: Date): Promise<Callback> => {
      const token = sealer.seal(randomBytes(16).toString('hex'), boundTo)
      await trx
        .insertInto('callback')
        .values({ token: hashOf(token), job, body: null, expires_at: expiresAt })
        .execute()
      const heard = async (ms: number, signal: AbortSignal): Promise<{ body: unknown } | undefined> => {
        for (const until = clock.now() + ms; ;) {
          const said = await arrived(job)
          const left = until - clock.now()
          if (said || left <= 0) return said
          await clock.sleep(Math.min(lookMs, left), signal)
        }
      }
      return { url: `${publicUrl}/v1/callbacks/${token}`, token, heard }
    },
    /**
     * Whether somebody waits for what comes to this address; what is told again, or too late, is not kept.
     * @throws HubError not_found for an address that the hub never gave
     */
    expects: async (token: string): Promise<boolean> => {
      requireOurs(token)
      const row = await db
        .selectFrom('callback')
        .select('job')
        .where('token', '=', hashOf(token))
        .where('body', 'is', null)
        .executeTakeFirst()
      return row !== undefined
    },
    /** @throws HubError not_found for an address that the hub never gave */
    take: async (token: string, body: unknown): Promise<void> => {
      requireOurs(token)
      await db
        .updateTable('callback')
        .set({ body: json(body) })
        .where('token', '=', hashOf(token))
        .where('body', 'is', null)
        .execute()
    },
  }
}
