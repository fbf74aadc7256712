import { sql } from 'kysely'
import { Fault } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Db } from '../db/database.ts'
import { json } from '../db/json.ts'
import { isAlive } from './process-registry.ts'

/** What is asked: with a key, one question to one provider. */
export interface ClaimScope extends Scope {
  readonly connector: string
  readonly operation: string
}

interface Claim extends ClaimScope {
  readonly key: string
}

export type Claims = ReturnType<typeof createClaims>

/**
 * After a crash of Postgres nobody is known to be alive until all have said so again: a fresh claim holds meanwhile.
 */
const isHeld = sql<boolean>`(claim.until >= now() or ${isAlive(sql`claim.holder`)})`

/**
 * Who asks what just now, among all processes. A claim ends when it is released, or when its holder has died.
 * Every function throws Fault unavailable when the database is away: nothing is asked without a claim.
 * @param holder id of this process among the living
 */
export const createClaims = (db: Db, holder: string) => {
  // Rows are locked in one order everywhere, so that two processes never wait for each other.
  const write = createBatcher<Claim & { onGranted: () => void }>(async (asked) => {
    const { rows } = await sql<Claim>`
      insert into claim (workspace, mode, connector, operation, key, holder, until)
      select row.*, ${holder}, now() + interval '20 seconds' from ${rowsOf(asked)} order by workspace, mode,
      connector, operation, key
      on conflict (workspace, mode, connector, operation, key) do update set holder = excluded.holder, until =
      excluded.until where claim.holder = excluded.holder or not ${isHeld}
      returning workspace, mode, connector, operation, key`.execute(db)
    const granted = new Set(rows.map(nameOf))
    for (const claim of asked) if (granted.has(nameOf(claim))) claim.onGranted()
  }, 1)

  const remove = createBatcher<Claim>(async (claims) => {
    await sql`delete from claim using (${ofMine(claims, holder)}) as mine where ${isSame}`.execute(db)
  }, 1)

  return {
    /**
     * A process asks for a key once at a time: what it has claimed already it is given again.
     * @returns those of the keys that nobody else is asking: they are ours until they are released
     */
    claim: async (place: ClaimScope, keys: readonly string[]): Promise<string[]> => {
      const granted: string[] = []
      await told(Promise.all(keys.map((key) => write({ ...place, key, onGranted: () => void granted.push(key) }))))
      return granted
    },
    release: async (place: ClaimScope, keys: readonly string[]): Promise<void> => {
      await told(Promise.all(keys.map((key) => remove({ ...place, key }))))
    },
    /** @returns those of the keys that nobody is asking any more */
    free: async (place: ClaimScope, keys: readonly string[]): Promise<string[]> => {
      const { rows } = await told(
        sql<{
          key: string
        }>`select claim.key from claim join ${rowsOf(keys.map((key) => ({ ...place, key })))} using (workspace,
          mode, connector, operation, key)
        where ${isHeld}`.execute(db),
      )
      const taken = new Set(rows.map(({ key }) => key))
      return keys.filter((key) => !taken.has(key))
    },
  }
}

const nameOf = ({ workspace, mode, connector, operation, key }: Claim): string =>
  [workspace, mode, connector, operation, key].join('\n')

const keyOf = ({ workspace, mode, connector, operation, key }: Claim): Claim => ({
  workspace,
  mode,
  connector,
  operation,
  key,
})

const rowsOf = (claims: readonly Claim[]) =>
  sql`json_to_recordset(${json(claims.map(keyOf))}::json)
    as row(workspace text, mode text, connector text, operation text, key text)`

/** Taken over meanwhile: then it is not ours to touch. */
const ofMine = (claims: readonly Claim[], holder: string) =>
  sql`select claim.* from claim join ${rowsOf(claims)} using (workspace, mode, connector, operation, key) where
    holder = ${holder}
    order by workspace, mode, connector, operation, key for update of claim`

const isSame = sql`claim.workspace = mine.workspace and claim.mode = mine.mode and claim.connector = mine.connector
  and claim.operation = mine.operation and claim.key = mine.key`

const told = <Value>(work: Promise<Value>): Promise<Value> =>
  work.catch((cause: unknown) => {
    throw new Fault('unavailable', 'The hub’s database does not answer, so nothing is asked of outside services.', {
      advice: 'Try again when the database is back.',
      cause,
    })
  })
