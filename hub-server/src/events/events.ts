import type { NotNull } from 'kysely'
import { HubError } from '../contracts/errors.ts'
import type { Event } from '../contracts/event.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Db } from '../db/database.ts'
import { published } from './notifier.ts'

export interface EventQuery {
  /** The cursor: the position of the last event that the reader has; 0 to begin with the first. */
  readonly after: number
  /** How many events at most. */
  readonly limit: number
  /** Only these types; absent: all. */
  readonly types?: readonly string[]
  readonly subject?: string
}

export interface EventPage {
  readonly events: Event[]
  /** The cursor to read on from. */
  readonly next: string
}

export type Events = ReturnType<typeof createEvents>

/** Milliseconds between the looks of a long poll: what another process has published notifies nobody here. */
const between = 300

/** Published events in the order of their positions: whoever reads on from `next` misses none and gets none twice. */
export const createEvents = (db: Db) => {
  const find = async (scope: Scope, { after, limit, types, subject }: EventQuery): Promise<EventPage> => {
    let query = db
      .selectFrom('event')
      .select(['id', 'type', 'workspace', 'mode', 'subject', 'seq', 'at', 'data', 'position'])
      .where('workspace', '=', scope.workspace)
      .where('mode', '=', scope.mode)
      .where('position', '>', after)
    if (types) query = query.where('type', 'in', types)
    if (subject !== undefined) query = query.where('subject', '=', subject)
    const rows = await query
      .orderBy('position')
      .limit(limit)
      .$narrowType<{ position: NotNull; seq: NotNull }>()
      .execute()
    const events = rows.map(({ position: _, at, ...row }): Event => ({ ...row, version: 1, at: at.toISOString() }))
    return { events, next: String(rows.at(-1)?.position ?? after) }
  }

  const lastPosition = async (): Promise<number> => {
    const row = await db
      .selectFrom('event')
      .select('position')
      .where('position', 'is not', null)
      .orderBy('position', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row?.position ?? 0
  }

  /** @throws HubError invalid_input for a cursor behind the last event: of another hub, or from before a restore */
  const read = async (scope: Scope, query: EventQuery): Promise<EventPage> => {
    const page = await find(scope, query)
    if (page.events.length === 0 && query.after > (await lastPosition())) throw wrongCursor(String(query.after))
    return page
  }

  return {
    read,
    /**
     * As `read`, but where there is nothing yet it waits for something, at most `waitMs` milliseconds or until the
     * signal; then the page is empty.
     */
    readOrWait: async (scope: Scope, query: EventQuery, waitMs: number, signal: AbortSignal): Promise<EventPage> => {
      const until = performance.now() + waitMs
      let heard = published.count()
      // What was published when the last look began need not be looked through again, however much it is.
      let seen = query.after
      let page = await read(scope, query)
      while (page.events.length === 0 && performance.now() < until && !signal.aborted) {
        await published.next(heard, Math.min(between, until - performance.now()), signal)
        heard = published.count()
        const last = await lastPosition()
        if (last > seen) page = await find(scope, { ...query, after: seen })
        seen = last
      }
      return page.events.length > 0 ? page : { events: [], next: String(query.after) }
    },
  }
}

/** The error for a cursor that this hub did not give. */
export const wrongCursor = (cursor: string): HubError =>
  new HubError('invalid_input', `“${cursor}” is not a cursor of these events.`, {
    advice: 'Give the “next” of an earlier answer as “after”, or leave it out to begin with the first event.',
    fields: [{ path: '/after', message: 'is not a cursor of these events' }],
  })
