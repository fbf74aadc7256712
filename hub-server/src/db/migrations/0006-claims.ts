import { sql, type Kysely } from 'kysely'

/**
 * Who is asking what just now. After a crash of Postgres it may be empty: then something may be asked twice. It takes
 * the place of `flight`, which stays for processes of the version before, until a migration that only takes away.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`create unlogged table claim (workspace text not null, mode text not null, connector text not null,
    operation text not null, key text not null, holder text not null, until timestamptz not null,
    primary key (workspace, mode, connector, operation, key))`.execute(db)
}
