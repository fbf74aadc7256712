import { sql } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'

/** What is asked: with a key, one question to one provider. */
export interface ClaimPlace extends Scope {
  readonly connector: string
  readonly operation: string
}

interface Claim extends ClaimPlace {
  readonly key: string
}

export type Claims = ReturnType<typeof createClaims>

const extendMs = 30_000

/**
 * Who asks what just now, among all processes. A claim ends when it is released, or two minutes after its holder last
 * said that it is alive, by the database's clock.
 * Every function throws HubError unavailable when the database is away: nothing is asked without a claim.
 */
export const createClaims = (db: Db, holder: string) => {
  const held = new Map<string, Claim>()

  // Rows are locked in one order everywhere, so that two processes never wait for each other.
  const write = createBatcher<Claim & { onGranted: () => void }>(async (asked) => {
    const { rows } = await sql<Claim>`
      insert into flight (workspace, mode, connector, operation, key, holder, until)
      select row.*, ${holder}, now() + interval '2 minutes' from ${rowsOf(asked)} order by workspace, mode, connector, operation, key
      on conflict (workspace, mode, connector, operation, key) do update set holder = excluded.holder, until = excluded.until where flight.until < now() or flight.holder = excluded.holder
      returning workspace, mode, connector, operation, key`.execute(db)
    const granted = new Set(rows.map(nameOf))
    for (const claim of asked) if (granted.has(nameOf(claim))) claim.onGranted()
  }, 1)

  const remove = createBatcher<Claim>(async (claims) => {
    await sql`delete from flight using (${ofMine(claims, holder)}) as mine where ${isSame}`.execute(db)
  }, 1)

  const extend = async (): Promise<void> => {
    if (held.size > 0) await sql`update flight set until = now() + interval '2 minutes' from (${ofMine([...held.values()], holder)}) as mine where ${isSame}`.execute(db)
  }
  // One that fails is made up for by the next, 30 s later: a claim lasts four times as long.
  const timer = setInterval(() => void extend().catch(() => undefined), extendMs)
  timer.unref()

  return {
    /**
     * A process asks for a key once at a time: what it has claimed already it is given again.
     * @returns those of the keys that nobody else is asking: they are ours until they are released
     */
    claim: async (place: ClaimPlace, keys: readonly string[]): Promise<string[]> => {
      const granted: Claim[] = []
      const written = keys.map((key) => write({ ...place, key, onGranted: () => void granted.push({ ...place, key }) }))
      await told(Promise.all(written))
      for (const claim of granted) held.set(nameOf(claim), claim)
      return granted.map(({ key }) => key)
    },
    release: async (place: ClaimPlace, keys: readonly string[]): Promise<void> => {
      const claims = keys.map((key) => ({ ...place, key }))
      for (const claim of claims) held.delete(nameOf(claim))
      await told(Promise.all(claims.map(remove)))
    },
    /** @returns those of the keys that nobody is asking any more */
    free: async (place: ClaimPlace, keys: readonly string[]): Promise<string[]> => {
      const { rows } = await told(sql<{ key: string }>`select flight.key from flight join ${rowsOf(keys.map((key) => ({ ...place, key })))} using (workspace, mode, connector, operation, key)
        where until >= now()`.execute(db))
      const taken = new Set(rows.map(({ key }) => key))
      return keys.filter((key) => !taken.has(key))
    },
    close: (): void => clearInterval(timer),
  }
}

const nameOf = ({ workspace, mode, connector, operation, key }: Claim): string => [workspace, mode, connector, operation, key].join('\n')

const rowsOf = (claims: readonly Claim[]) =>
  sql`json_to_recordset(${json(claims.map(({ workspace, mode, connector, operation, key }) => ({ workspace, mode, connector, operation, key })))}::json)
    as row(workspace text, mode text, connector text, operation text, key text)`

/** Taken over meanwhile: then it is not ours to touch. */
const ofMine = (claims: readonly Claim[], holder: string) =>
  sql`select flight.* from flight join ${rowsOf(claims)} using (workspace, mode, connector, operation, key) where holder = ${holder}
    order by workspace, mode, connector, operation, key for update of flight`

const isSame = sql`flight.workspace = mine.workspace and flight.mode = mine.mode and flight.connector = mine.connector
  and flight.operation = mine.operation and flight.key = mine.key`

const told = <Value>(work: Promise<Value>): Promise<Value> =>
  work.catch((cause: unknown) => {
    throw new HubError('unavailable', 'The hub’s database does not answer, so nothing is asked of outside services.', { advice: 'Try again when the database is back.', cause })
  })
