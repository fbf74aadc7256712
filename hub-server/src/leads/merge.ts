import { sql, type Transaction } from 'kysely'
import type { Scope } from '../contracts/scope.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import { chooseViews, tell } from './subjects.ts'

/** Two subjects turn out to be one: facts, identities and links move, and the old id becomes a redirect. */
export const mergeInto = async (trx: Transaction<Tables>, scope: Scope, loser: string, winner: string): Promise<void> => {
  await sql`update fact set subject = ${winner} where subject = ${loser} and not exists (
      select 1 from fact as same where same.subject = ${winner} and same.field = fact.field and same.source = fact.source
        and md5(same.value::text) = md5(fact.value::text))`.execute(trx)
  await trx.deleteFrom('fact').where('subject', '=', loser).execute()
  await trx.updateTable('identity').set({ subject: winner }).where('subject', '=', loser).execute()
  await trx.updateTable('link').set({ subject: winner }).where('subject', '=', loser).execute()
  await trx
    .updateTable('subject')
    .set({ merged_into: winner, updated_at: new Date() })
    .where('workspace', '=', scope.workspace)
    .where('mode', '=', scope.mode)
    .where('id', '=', loser)
    .execute()
  await addEvents(trx, scope, [{ type: 'lead.merged', subject: loser, data: { into: winner } }])
  await tell(trx, scope, 'lead', [], await chooseViews(trx, [winner]))
}
