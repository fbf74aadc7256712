import { sql } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import { createBatcher } from '../db/batcher.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { json } from '../db/json.ts'

/** What the calls of one run at one connector have in common. */
interface Head extends Scope {
  readonly run: string | null
  readonly connector: string
  readonly connection: string
  readonly operation: string
}

export interface Sent extends Head {
  readonly items: number
  /** Micro-USD, the highest that the call can cost. */
  readonly price: number
  readonly credits: number
  /** Fetches what is paid for already: let through although the run was stopped. */
  readonly collects: boolean
}

export interface Settled {
  readonly state: 'settled' | 'failed' | 'uncertain'
  readonly price: number
  readonly credits: number
  readonly hits: number
  /** Of the HTTP answer, where there was one. */
  readonly status?: number
  readonly error?: string
}

type SentRow = Sent & { readonly id: string }
type SettledRow = Settled & { readonly sent: SentRow }

export type Ledger = ReturnType<typeof createLedger>

/**
 * Every call to an outside service: written as `sent` with its highest price before it leaves, settled with the real
 * one after. A row that stays `sent` is a call during which the hub died: counted at its highest price. The same
 * statement takes the price from what the run and the day may cost, so that no budget is ever exceeded, and nothing
 * leaves once the run is stopped.
 */
export const createLedger = (db: Db) => {
  /** One statement for calls of one head: all of them, or none. */
  const admit = async (
    { workspace, mode, run, connector, connection, operation }: Head,
    calls: readonly SentRow[],
  ): Promise<boolean> => {
    const price = calls.reduce((total, call) => total + call.price, 0)
    const credits = calls.reduce((total, call) => total + call.credits, 0)
    const concerned = sql`workspace = ${workspace} and mode = ${mode} and (kind = 'day' or (kind = 'run' and key =
      ${run}))`
    // Locked in one order everywhere (day, run), so that two processes never wait for each other.
    const { numAffectedRows } = await sql`
      with bounds as materialized (
        select open and (most is null or case when kind = 'day' and day is distinct from ${today} then 0 else spent
        end + ${price}::bigint <= most) as fits
        from budget where ${concerned} order by kind, key for update),
      may as materialized (select coalesce(bool_and(fits), true) or ${calls.every((call) => call.collects)} as go
      from bounds),
      paid as (
        update budget set calls = calls + ${calls.length}, credits = credits + ${credits}::double precision, day =
        ${today},
          spent = case when kind = 'day' and day is distinct from ${today} then 0 else spent end + ${price}::bigint
        where ${concerned} and (select go from may))
      insert into ledger (workspace, mode, run, connector, connection, operation, state, sent_at, id, items, price,
      credits)
      select ${workspace}, ${mode}, ${run}, ${connector}, ${connection}, ${operation}, 'sent', now(), row.*
      from json_to_recordset(${json(calls.map(amountsOf))}::json)
        as row(id text, items integer, price bigint, credits double precision)
      where (select go from may)`.execute(db)
    return Number(numAffectedRows ?? 0) > 0
  }

  const whyNot = async ({ workspace, mode, run, price }: SentRow): Promise<HubError> => {
    const rows = await db
      .selectFrom('budget')
      .select(['kind', 'open', 'most', 'spent'])
      .where('workspace', '=', workspace)
      .where('mode', '=', mode)
      .where((eb) => eb.or([eb('kind', '=', 'day'), eb.and([eb('kind', '=', 'run'), eb('key', '=', run ?? '')])]))
      .execute()
    const [day, own] = [rows.find(({ kind }) => kind === 'day'), rows.find(({ kind }) => kind === 'run')]
    if (own && !own.open) return new HubError('cancelled', 'The run was stopped before this call was made.')
    if (day && !day.open)
      return new HubError('cancelled', 'Everything was stopped before this call was made.', {
        pauses: true,
        advice: 'POST /v1/start lets runs go on; then resume this one.',
      })
    const ofRun = own?.most !== null && own !== undefined && own.spent + price > own.most
    const most = ofRun ? own.most : (day?.most ?? 0)
    return new HubError(
      'over_budget',
      `${ofRun ? 'This run' : 'Everything together today'} may cost ${usd(most ?? 0)}, and this call, which ` +
        `could cost ${usd(price)}, does not fit into what is left.`,
      {
        pauses: true,
        advice: ofRun
          ? 'Resume the run with a higher budget.'
          : 'Resume the run tomorrow, or raise the budget of the day.',
      },
    )
  }

  /** All at once where they fit; else one by one, so that as many go as the budget allows. */
  const admitAll = async (head: Head, calls: readonly SentRow[]): Promise<(HubError | undefined)[]> => {
    if (await admit(head, calls)) return calls.map(() => undefined)
    const refusals: (HubError | undefined)[] = []
    let refusedAt = Infinity
    let why: HubError | undefined
    for (const call of calls) {
      const isAlone = calls.length === 1
      if (call.price < refusedAt || call.collects) {
        const goes = !isAlone && (await admit(head, [call]))
        if (goes) {
          refusals.push(undefined)
          continue
        }
        why = await whyNot(call)
        refusedAt = why.kind === 'cancelled' ? -1 : call.price
      }
      refusals.push(why)
    }
    return refusals
  }

  /** Rows that an earlier try has written, though its answer was lost. */
  const written = async (rows: readonly SentRow[]): Promise<Set<string>> =>
    new Set(
      (
        await db
          .selectFrom('ledger')
          .select('id')
          .where(
            'id',
            'in',
            rows.map(({ id }) => id),
          )
          .execute()
      ).map(({ id }) => id),
    )

  const tried = new WeakSet<SentRow>()
  const writeSent = createBatcher<SentRow>(async (rows) => {
    const refusals = new Map<string, HubError>()
    const there = rows.some((row) => tried.has(row)) ? await written(rows) : new Set<string>()
    for (const row of rows) tried.add(row)
    for (const [head, calls] of grouped(rows.filter(({ id }) => !there.has(id))))
      for (const [position, refusal] of (await admitAll(head, calls)).entries())
        if (refusal) refusals.set(calls[position]?.id ?? '', refusal)
    return rows.map(({ id }) => refusals.get(id))
  }, 2)

  const writeSettled = createBatcher<SettledRow>(async (rows) => {
    const settled = rows.map(({ sent, ...row }) => ({ id: sent.id, ...row }))
    const given = sql`json_to_recordset(${json(settled)}::json) as row(id text, state text, price bigint, credits
      double precision, hits integer, status integer, error text)`
    const set = sql`state = row.state, price = row.price, credits = row.credits, hits = row.hits, http_status =
      row.status, error = row.error, settled_at = now()`
    if (rows.every(({ sent, price, credits }) => price === sent.price && credits === sent.credits)) {
      await sql`update ledger set ${set} from ${given} where ledger.id = row.id and ledger.state = 'sent'`.execute(db)
      return
    }
    // What was reserved too much, or too little, is given back: to the run, and to the day if it is still the same.
    await sql`
      with open as materialized (
        select l.id, l.workspace, l.mode, l.run, l.sent_at, row.price - l.price as price, row.credits - l.credits as
        credits
        from ledger l, ${given} where l.id = row.id and l.state = 'sent' for update of l),
      settled as (update ledger set ${set} from open, ${given} where ledger.id = open.id and row.id = open.id),
      sums as materialized (
        select workspace, mode, 'run' as kind, run as key, sum(price)::bigint as price, sum(credits) as credits from
        open where run is not null group by 1, 2, 4
        union all
        select workspace, mode, 'day', '', coalesce(sum(price) filter (where (sent_at at time zone 'UTC')::date =
        ${today}), 0)::bigint, sum(credits) from open group by 1, 2),
      locked as materialized (select b.kind from budget b join sums using (workspace, mode, kind, key) order by
      b.kind, b.key for update of b)
      update budget b set spent = b.spent + sums.price, credits = b.credits + sums.credits
      from sums where b.workspace = sums.workspace and b.mode = sums.mode and b.kind = sums.kind and b.key = sums.key
      and exists (select from locked)`.execute(db)
  }, 20)

  const writeCached = createBatcher<Head & { items: number }>(async (rows) => {
    for (const { items, run, workspace, mode, ...head } of rows) {
      await db
        .insertInto('ledger')
        .values({
          id: newId('led'),
          workspace,
          mode,
          run,
          ...head,
          items,
          hits: null,
          state: 'cached',
          price: 0,
          credits: 0,
          http_status: null,
          error: null,
          sent_at: new Date(),
          settled_at: new Date(),
        })
        .execute()
      if (run)
        await db
          .updateTable('budget')
          .set((eb) => ({ cached: eb('cached', '+', items) }))
          .where('workspace', '=', workspace)
          .where('mode', '=', mode)
          .where('kind', '=', 'run')
          .where('key', '=', run)
          .execute()
    }
  }, 5)

  return {
    /**
     * @returns the row's id and what settles it, once it is committed: the call may leave
     * @throws HubError over_budget or cancelled: the call may not leave
     */
    send: async (call: Sent): Promise<{ id: string; settle: (settled: Settled) => Promise<void> }> => {
      const sent = { ...call, id: newId('led') }
      await writeSent(sent)
      return { id: sent.id, settle: (settled) => writeSettled({ ...settled, sent }) }
    },
    /** Answers that were kept and cost nothing. */
    cached: (head: Head, items: number): Promise<void> => writeCached({ ...head, items }),
  }
}

/** By UTC, and by the database's clock: two processes never disagree about the day. */
const today = sql`(now() at time zone 'UTC')::date`

const usd = (micro: number): string => `${micro / 1_000_000} USD`

const headOf = ({ workspace, mode, run, connector, connection, operation }: Head): Head => ({
  workspace,
  mode,
  run,
  connector,
  connection,
  operation,
})

const amountsOf = ({ id, items, price, credits }: SentRow) => ({ id, items, price, credits })

const grouped = (rows: readonly SentRow[]): [Head, SentRow[]][] => {
  const groups = Map.groupBy(rows, (row) => `${Object.values(headOf(row)).join('\n')}\n${row.collects}`)
  return [...groups.values()].flatMap((calls) => (calls[0] ? [[headOf(calls[0]), calls] as [Head, SentRow[]]] : []))
}
