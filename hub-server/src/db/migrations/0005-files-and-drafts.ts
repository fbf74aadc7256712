import { sql, type Kysely } from 'kysely'

/** Runs know how the file they came from was written; connections, whether anybody has let the hub in yet. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`alter table run add column file json`.execute(db)
  await sql`alter table connection add column draft boolean not null default false`.execute(db)
}
