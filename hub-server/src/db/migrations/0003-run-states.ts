import { sql, type Kysely } from 'kysely'

/**
 * What runs need to be a state machine: counts stand with the run, whose row is locked by whatever changes it; a
 * chunk is one of a step, and each claim of it has a fencing token; what a step gives is rows.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

/** Gives counts that an earlier version kept with the chunks to the run. Of data of this version it changes nothing. */
export const carryCounts = [
  `update run set done = c.done, skipped = c.skipped, failed = c.failed, uncertain = c.uncertain
     from (select run, sum(done) as done, sum(skipped) as skipped, sum(failed) as failed, sum(uncertain) as uncertain
       from run_chunk
       group by run having sum(done + skipped + failed + uncertain) > 0) c
     where c.run = run.id`,
  `update run_chunk set settled = done + skipped + failed + uncertain, done = 0, skipped = 0, failed = 0, uncertain = 0
     where done + skipped + failed + uncertain > 0`,
]

const statements = [
  `alter table run add column done integer not null default 0, add column skipped integer not null default 0,
     add column failed integer not null default 0, add column uncertain integer not null default 0`,
  // Counts of chunks stay where they are, unused, until a migration that only takes away.
  `alter table run_chunk add column step integer not null default 0, add column token bigint not null default 0,
     add column settled integer not null default 0`,
  ...carryCounts,
  `alter table run_chunk drop constraint run_chunk_pkey, add primary key (run, step, chunk)`,
  `drop index if exists run_chunk_run_chunk_idx`,
  `create index on run_chunk (run, step desc, chunk) where not finished`,

  // What stands before the second and later blocks of a line: an output of the block before, named for ever. Without a
  // status it is open; one that ended here has its result, of one that went on the outputs are pieces of the next step.
  `create table run_piece (run text collate "C" not null, step integer not null, piece integer not null,
    chunk integer not null, item integer not null,
     name text not null, input json not null, passed json, status text, result jsonb, primary key (run, step,
       piece)) partition by range (run)`,
  `create index on run_piece (run, item)`,
  `do $$ declare part record; begin
     for part in select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds from pg_inherits i
       join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'run_result'::regclass loop
       execute format('create table %I partition of run_piece %s', replace(part.name, 'run_result', 'run_piece'),
         part.bounds);
     end loop; end $$`,

  // A run that stands still lets no call leave, by whomever it was stopped.
  `update budget set open = false from run where budget.kind = 'run' and budget.key = run.id
    and run.status in ('paused', 'cancelled')`,
]
