import { Type } from 'typebox'
import { Id, Line, ListOf } from '../contracts/bounded.ts'
import { Event } from '../contracts/event.ts'
import { wrongCursor, type Events } from '../events/events.ts'
import { ok, route, type Route } from './route.ts'
import { waitOf } from './runs.ts'

export const eventRoutes = (events: Events): Route[] => [
  route({
    method: 'get',
    path: '/v1/events',
    group: 'Events',
    permission: 'events.read',
    summary: 'What happened, in order; waits for the next if asked to. Read on from next and you miss none',
    query: Type.Object({
      after: Id({
        default: '0',
        description: 'From an earlier answer’s next; absent: from the first event that is kept',
      }),
      limit: Type.Integer({ minimum: 1, maximum: 1000, default: 500 }),
      wait: Type.Optional(
        Line({
          maxLength: 3,
          pattern: '^\\d{1,2}s$',
          description: 'Where there is nothing yet, wait so long for something, at most 50s',
        }),
      ),
      types: Type.Optional(Line({ description: 'Only these, with commas between: lead.created,run.finished' })),
      subject: Type.Optional(Id({ description: 'Only of the subject with this id' })),
    }),
    answers: {
      200: Type.Object({
        events: ListOf(Event),
        next: Id({ description: 'Cursor to read on from; that of the request where there was nothing' }),
      }),
    },
    handle: async ({ caller, query, signal }) => {
      const { limit, subject, wait } = query
      return ok(
        await events.readOrWait(
          caller,
          { after: positionOf(query.after), limit, types: typesOf(query.types), subject },
          waitOf(wait),
          signal,
        ),
      )
    },
  }),
]

/** Fifteen digits are exact as a number, and more events than a hub will see. */
const positionOf = (cursor: string): number => {
  if (!/^\d{1,15}$/.test(cursor)) throw wrongCursor(cursor)
  return Number(cursor)
}

const typesOf = (types: string | undefined): string[] | undefined => {
  const named =
    types
      ?.split(',')
      .map((type) => type.trim())
      .filter((type) => type !== '') ?? []
  return named.length > 0 ? named : undefined
}
