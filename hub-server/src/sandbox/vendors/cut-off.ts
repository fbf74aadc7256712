import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that were under way when whoever asked was gone all at once. */
export interface CutOff {
  /** Their connection broke before the answer was out. */
  unanswered: number
  /** It broke at most {@link underWayMs} after: the answer was on its way, or was just being written down. */
  justAnswered: number
}

/** Milliseconds: an answer is read and committed in some tens, and on a machine that does much else in some hundreds. */
export const underWayMs = 250

/** Counts, for each connector, what a client that died had under way: as seen by the vendor, on each of its connections. */
export const createCutOffs = (now: () => number = () => performance.now()) => {
  const counts = new Map<string, CutOff>()
  /** The last request on each connection. */
  const last = new WeakMap<Socket, { readonly connector: string; answeredAt?: number }>()

  const closed = (socket: Socket): void => {
    const request = last.get(socket)
    if (!request) return
    const { connector, answeredAt } = request
    const count = counts.get(connector) ?? { unanswered: 0, justAnswered: 0 }
    counts.set(connector, count)
    if (answeredAt === undefined) count.unanswered++
    else if (now() - answeredAt <= underWayMs) count.justAnswered++
  }

  return {
    /** A vendor begins to answer. */
    watch: (connector: string, { socket }: IncomingMessage, response: ServerResponse): void => {
      if (!last.has(socket)) socket.once('close', () => closed(socket))
      const request: { connector: string; answeredAt?: number } = { connector }
      last.set(socket, request)
      response.once('finish', () => {
        request.answeredAt = now()
      })
    },
    /** The vendor breaks a connection itself. */
    dismiss: ({ socket }: IncomingMessage): void => void last.delete(socket),
    all: (): Record<string, CutOff> => Object.fromEntries(counts),
    reset: (): void => counts.clear(),
  }
}
export type CutOffs = ReturnType<typeof createCutOffs>
