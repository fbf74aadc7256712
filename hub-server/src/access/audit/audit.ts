import type { Selectable } from 'kysely'
import type { Db } from '../../db/database.ts'
import { newId } from '../../db/id.ts'
import { json } from '../../db/json.ts'
import type { Tables } from '../../db/tables.ts'
import { isSealed, sealKeyOf, sealOf, type AuditEntry, type KeptEntry, type SealKey } from './entry.ts'

/** What a check of the log found wrong. */
export interface AuditFault {
  readonly seq: number
  readonly what: 'missing' | 'changed' | 'added' | 'sealed with a key that is not here'
}

export interface AuditCheck {
  readonly entries: number
  readonly faults: readonly AuditFault[]
}

export interface AuditQuery {
  readonly actor?: string
  readonly action?: string
  readonly subject?: string
  readonly outcome?: AuditEntry['outcome']
  readonly from?: Date
  readonly to?: Date
  /** Only those before this number: for the next page. */
  readonly before?: number
  readonly limit: number
}

export type Audit = ReturnType<typeof createAudit>

/** Entries that are waited for together are written together. Milliseconds. */
const gatheredMs = 2
const mostTold = 1_000
const readAtOnce = 2_000
/** An intent that is older belongs to a process that is gone. */
const abandonedMs = 3_600_000

interface Waiting {
  readonly entry: AuditEntry
  readonly intent?: string
  readonly done: () => void
  readonly failed: (cause: unknown) => void
}

/**
 * Who did what. Only grows: each entry is sealed together with the one before, by a key that is not in the database.
 * @param sealingKeys the first seals, all are known
 */
export const createAudit = (db: Db, sealingKeys: readonly Uint8Array[]) => {
  const keys = sealingKeys.map(sealKeyOf)
  let waiting: Waiting[] = []
  let isDue = false
  let writing: Promise<void> = Promise.resolve()

  const write = async (all: readonly Waiting[]): Promise<void> => {
    for (const workspace of new Set(all.map(({ entry }) => entry.workspace))) {
      const ours = all.filter(({ entry }) => entry.workspace === workspace)
      try {
        await append(db, keys, workspace, ours)
        for (const { done } of ours) done()
      } catch (thrown) {
        for (const { failed } of ours) failed(thrown)
      }
    }
  }

  const flush = (): void => {
    isDue = false
    const all = waiting
    waiting = []
    writing = writing.then(() => write(all))
  }

  const add = (entry: AuditEntry, intent?: string): Promise<void> =>
    new Promise((done, failed) => {
      waiting.push({ entry, ...(intent !== undefined && { intent }), done, failed })
      if (!isDue) setTimeout(flush, gatheredMs)
      isDue = true
    })

  return {
    /** Writes down what was done; it is kept when this returns. */
    add: (entry: AuditEntry): Promise<void> => add(entry),
    /** Writes down that something is begun: where the hub ends in the middle, that is told later. */
    begin: async (entry: Omit<AuditEntry, 'outcome'>): Promise<(ended: AuditEntry) => Promise<void>> => {
      const id = newId('int')
      await db
        .insertInto('audit_intent')
        .values({ id, entry: json({ ...entry, outcome: 'unknown' }) })
        .execute()
      return (ended) => add(ended, id)
    },
    /**
     * Tells of what processes had begun that are gone.
     * @param all no other process is at work
     */
    takeUp: async (all: boolean): Promise<void> => {
      const before = new Date(Date.now() - (all ? 0 : abandonedMs))
      const left = await db.selectFrom('audit_intent').selectAll().where('at', '<=', before).execute()
      // Only `begin` writes there.
      await Promise.all(left.map(({ id, entry }) => add(entry as AuditEntry, id)))
    },
    search: async (workspace: string, query: AuditQuery): Promise<KeptEntry[]> => {
      let found = db.selectFrom('audit').selectAll().where('workspace', '=', workspace)
      if (query.actor !== undefined) found = found.where('actor', '=', query.actor)
      if (query.action !== undefined) found = found.where('action', '=', query.action)
      if (query.subject !== undefined) found = found.where('subject', '=', query.subject)
      if (query.outcome !== undefined) found = found.where('outcome', '=', query.outcome)
      if (query.from) found = found.where('at', '>=', query.from)
      if (query.to) found = found.where('at', '<', query.to)
      if (query.before !== undefined) found = found.where('seq', '<', query.before)
      return (await found.orderBy('seq', 'desc').limit(query.limit).execute()).map(entryOf)
    },
    /** All entries in their order. */
    all: (workspace: string): AsyncGenerator<KeptEntry> => inOrder(db, workspace),
    /** Looks through all of a workspace's entries: none missing, none changed, none put in. */
    check: async (workspace: string): Promise<AuditCheck> => {
      const head = await db.selectFrom('audit_head').selectAll().where('workspace', '=', workspace).executeTakeFirst()
      const faults: AuditFault[] = []
      const tell = (seq: number, what: AuditFault['what']): void => {
        if (faults.length < mostTold) faults.push({ seq, what })
      }
      let entries = 0
      let last: KeptEntry | undefined
      for await (const entry of inOrder(db, workspace)) {
        entries++
        const next = (last?.seq ?? 0) + 1
        for (let seq = next; seq < entry.seq; seq++) tell(seq, 'missing')
        const sealed = isSealed(entry, keys)
        if (sealed === undefined) tell(entry.seq, 'sealed with a key that is not here')
        else if (!sealed) tell(entry.seq, 'changed')
        else if (entry.seq === next && entry.before !== (last?.seal ?? '')) tell(entry.seq, 'changed')
        last = entry
      }
      for (let seq = (last?.seq ?? 0) + 1; seq <= (head?.seq ?? 0); seq++) tell(seq, 'missing')
      for (let seq = (head?.seq ?? 0) + 1; seq <= (last?.seq ?? 0); seq++) tell(seq, 'added')
      return { entries, faults }
    },
    /** Waits for what is being written. */
    close: async (): Promise<void> => {
      if (waiting.length > 0) flush()
      await writing
    },
  }
}

const append = async (
  db: Db,
  keys: readonly SealKey[],
  workspace: string,
  all: readonly Pick<Waiting, 'entry' | 'intent'>[],
): Promise<void> => {
  const [key] = keys
  if (!key) throw new Error('there is no key to seal the audit log with')
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('audit_head')
      .values({ workspace, seq: 0, seal: '' })
      .onConflict((conflict) => conflict.column('workspace').doNothing())
      .execute()
    const head = await trx
      .selectFrom('audit_head')
      .selectAll()
      .where('workspace', '=', workspace)
      .forUpdate()
      .executeTakeFirstOrThrow()
    let { seq, seal } = head
    const rows = all.map(({ entry }) => {
      const kept = { ...entry, seq: ++seq, at: new Date(), before: seal }
      seal = sealOf(kept, key)
      return rowOf({ ...kept, seal })
    })
    await trx.insertInto('audit').values(rows).execute()
    await trx.updateTable('audit_head').set({ seq, seal }).where('workspace', '=', workspace).execute()
    const intents = all.flatMap(({ intent }) => (intent === undefined ? [] : [intent]))
    if (intents.length > 0) await trx.deleteFrom('audit_intent').where('id', 'in', intents).execute()
  })
}

const inOrder = async function* (db: Db, workspace: string): AsyncGenerator<KeptEntry> {
  let after = 0
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(readAtOnce)
      .execute()
    yield* rows.map(entryOf)
    after = rows.at(-1)?.seq ?? after
    if (rows.length < readAtOnce) return
  }
}

const rowOf = ({ actor, subject, details, ...entry }: KeptEntry) => ({
  ...entry,
  actor_kind: actor.kind,
  actor: actor.id,
  actor_name: actor.name,
  subject: subject ?? null,
  details: json(details),
})

const entryOf = (row: Selectable<Tables['audit']>): KeptEntry => ({
  workspace: row.workspace,
  seq: row.seq,
  at: row.at,
  mode: row.mode,
  // What this file has written: anything else shows as changed.
  actor: { kind: row.actor_kind as AuditEntry['actor']['kind'], id: row.actor, name: row.actor_name },
  action: row.action,
  ...(row.subject !== null && { subject: row.subject }),
  address: row.address,
  outcome: row.outcome as AuditEntry['outcome'],
  details: row.details,
  before: row.before,
  seal: row.seal,
})
