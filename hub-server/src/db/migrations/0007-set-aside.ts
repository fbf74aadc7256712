import { sql, type Kysely } from 'kysely'

/** What a chunk's processes came to, so that an item that ends its process is found and set aside, and it alone. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`alter table run_chunk
    add column lost_by text[] not null default '{}',
    add column struck integer not null default 0,
    add column suspect integer,
    add column suspect_struck integer not null default 0`.execute(db)
}
