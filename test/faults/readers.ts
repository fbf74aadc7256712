import type { Event } from '../../hub-server/src/contracts/event.ts'
import type { Kept } from './kept.ts'

export type ReadEvent = Pick<Event, 'id' | 'type' | 'subject' | 'seq'>

/** One who reads all events by cursor, from the first, and goes on wherever the api died. */
export interface Reader {
  readonly events: readonly ReadEvent[]
  /** The cursors that it was given, in their order. */
  readonly cursors: readonly number[]
  /** Reads on until nothing has come for six seconds: a publisher that met a fault pauses for five at most. */
  readonly finish: () => Promise<void>
}

export const startReader = (api: Kept): Reader => {
  const events: ReadEvent[] = []
  const cursors: number[] = []
  let over = false

  const read = async (): Promise<void> => {
    for (let next = '0'; ;) {
      const wasOver = over
      const { status, text, body } = await api.ask<{ events: Event[]; next: string }>(
        'GET',
        `/v1/events?after=${next}&wait=6s&limit=100`,
      )
      if (status !== 200) throw new Error(`the events could not be read: ${text}`)
      if (body.events.length === 0 && wasOver) return
      if (body.events.length > 0) cursors.push(Number(body.next))
      events.push(...body.events.map(({ id, type, subject, seq }) => ({ id, type, subject, seq })))
      next = body.next
    }
  }

  const reading = read()
  // Told of by finish.
  reading.catch(() => undefined)
  return {
    events,
    cursors,
    finish: async () => {
      over = true
      await reading
    },
  }
}
