import { sql, type Transaction } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Tables } from '../db/tables.ts'
import { addEvents } from '../events/add.ts'
import { clustersOf, lockResolved, lockRoots, rootsOf } from './clusters.ts'
import { chooseViews, tell } from './views.ts'

/**
 * Two leads turn out to be one: what is known of `id` is shown with `into`, and the old id still resolves.
 * @returns the id under which they are found
 * @throws HubError not_found
 */
export const merge = async (trx: Transaction<Tables>, scope: Scope, id: string, into: string): Promise<string> => {
  const roots = await lockRoots(trx, scope, [id, into], 'lead')
  const [loser, winner] = [roots.get(id), roots.get(into)]
  if (loser === undefined) throw missing(id)
  if (winner === undefined) throw missing(into)
  if (loser === winner) return winner
  await point(trx, scope, loser, winner)
  await tell(trx, scope, 'lead', [], await chooseViews(trx, scope, [winner]))
  return winner
}

/** Sets the pointer between two roots that are locked; the winner's view is for the caller to choose. */
export const point = async (trx: Transaction<Tables>, scope: Scope, loser: string, winner: string): Promise<void> => {
  await trx.updateTable('subject').set({ merged_into: winner }).where('id', '=', loser).execute()
  await addEvents(trx, scope, [{ type: 'lead.merged', subject: loser, data: { into: winner } }])
}

/**
 * Undoes the merge of this id: it is a lead of its own again, with everything that was known of it and of whoever had
 * been merged into it before. What was said after the merge stays with the other.
 * @throws HubError not_found; conflict where it is not merged, or was by a version that kept no trace of before
 */
export const unmerge = async (trx: Transaction<Tables>, scope: Scope, id: string): Promise<void> => {
  const chain = async () => {
    const row = await trx
      .selectFrom('subject')
      .select('merged_into')
      .where('workspace', '=', scope.workspace)
      .where('mode', '=', scope.mode)
      .where('id', '=', id)
      .executeTakeFirst()
    return {
      isMerged: row ? row.merged_into !== null : undefined,
      root: (await rootsOf(trx, scope, [id], 'lead')).get(id),
    }
  }
  const { isMerged, root } = await lockResolved(trx, chain, (found) =>
    found.root === undefined ? [] : [id, found.root],
  )
  if (root === undefined) throw missing(id)
  if (!isMerged)
    throw new HubError('conflict', `The lead ${id} is not merged into another one.`, {
      advice: 'Give the id that went: the event lead.merged names it.',
    })
  const members = (await clustersOf(trx, [id])).get(id) ?? [id]
  const { rows } = await sql`select 1 from observation where subject in (${sql.join(members)}) limit 1`.execute(trx)
  if (rows.length === 0)
    throw new HubError(
      'conflict',
      `The lead ${id} was merged by an earlier version of the hub, which kept nothing to undo it by.`,
      { advice: 'Store the person again under their own address.' },
    )
  await trx.updateTable('subject').set({ merged_into: null }).where('id', '=', id).execute()
  await addEvents(trx, scope, [{ type: 'lead.unmerged', subject: id, data: { from: root } }])
  await tell(trx, scope, 'lead', [], await chooseViews(trx, scope, [id, root]))
}

/**
 * Removes a lead with everything that is known of it and of those that were merged into it: observations, identities
 * and links go with their subjects. Companies stay.
 * @throws HubError not_found
 */
export const remove = async (trx: Transaction<Tables>, scope: Scope, id: string): Promise<void> => {
  const cluster = async () => {
    const root = (await rootsOf(trx, scope, [id], 'lead')).get(id)
    return { root, members: root === undefined ? [] : ((await clustersOf(trx, [root])).get(root) ?? []) }
  }
  const { root, members } = await lockResolved(trx, cluster, (found) => found.members, 'update')
  if (root === undefined) throw missing(id)
  await trx.deleteFrom('subject').where('id', 'in', members).execute()
  await addEvents(trx, scope, [
    { type: 'lead.deleted', subject: root, data: { merged: members.filter((member) => member !== root) } },
  ])
}

export const missing = (id: string): HubError =>
  new HubError('not_found', `There is no lead ${id}.`, { advice: 'Search for it by e-mail or name.' })
