import { sql } from 'kysely'
import type { Event } from '../contracts/event.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'

export type NewEvent = Pick<Event, 'type' | 'subject' | 'data'>

/**
 * Writes down what happened, in one statement and in the order given. Called inside the transaction that made the fact,
 * so that there is neither without the other; `publisher.ts` shows it to readers after the commit.
 *
 * Whoever may write about one subject at the same time as others must hold a lock on that subject's row before this
 * call: ordinals are drawn here, and only then are they in the order of commits for each subject.
 */
export const addEvents = async (db: Db, { workspace, mode }: Scope, events: readonly NewEvent[]): Promise<void> => {
  if (events.length === 0) return
  const rows = events.map(({ type, subject, data }) => ({ id: newId('evt'), type, subject, data }))
  await sql`insert into event (workspace, mode, id, type, subject, data)
    select ${workspace}, ${mode}, row.id, row.type, row.subject, row.data
    from rows from (jsonb_to_recordset(${json(rows)}::jsonb) as (id text, type text, subject text, data jsonb)) with
    ordinality
      as row(id, type, subject, data, place)
    order by place`.execute(db)
}
