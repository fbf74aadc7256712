import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that were under way when whoever asked died. */
export interface CutOff {
  /** Their answer was not out yet. */
  unanswered: number
  /** It was out for a moment: on its way, or just being written down. */
  justAnswered: number
}

/**
 * Milliseconds: an answer is read and committed in some tens, and in some hundreds on a machine that does much else.
 */
export const underWayMs = 250
/** So long before now one may ask about. Milliseconds. */
const keptMs = 30_000

/** Which of the requests one asks about. */
export interface Whose {
  /** The ports that a living client asks from; absent: of those whose connection is broken by now. */
  readonly ports?: readonly number[]
  /** Only where this stands in the address. */
  readonly path?: string
  /** Milliseconds that an answer may have been out for to count as just answered; default: {@link underWayMs}. */
  readonly within?: number
}

interface Request {
  readonly connector: string
  readonly path: string
  readonly socket: Socket
  /** The client's. */
  readonly port: number
  /** When its answer was out, or nobody waited for it any more. */
  endedAt: number
}

/**
 * Remembers the latest requests, and on which connection each came: those of a client that died are all broken,
 * those of one that was stopped are known by its ports.
 */
export const createCutOffs = (now: () => number = Date.now) => {
  let requests: Request[] = []
  const dismissed = new WeakSet<Socket>()

  return {
    /** A vendor begins to answer. */
    watch: (connector: string, { socket, url }: IncomingMessage, response: ServerResponse): void => {
      const request: Request = { connector, path: url ?? '', socket, port: socket.remotePort ?? 0, endedAt: Infinity }
      requests.push(request)
      const end = (): void => {
        request.endedAt = Math.min(request.endedAt, now())
      }
      response.once('finish', end)
      response.once('close', end)
      if (requests.length % 1000 === 0) requests = requests.filter(({ endedAt }) => endedAt > now() - keptMs)
    },
    /** The vendor breaks a connection itself. */
    dismiss: ({ socket }: IncomingMessage): void => void dismissed.add(socket),
    /** What was under way at a time, in milliseconds since 1970, by connector. */
    at: (time: number, { ports, path = '', within = underWayMs }: Whose = {}): Record<string, CutOff> => {
      const counts: Record<string, CutOff> = {}
      for (const { connector, path: asked, socket, port, endedAt } of requests) {
        const isTheirs = ports ? ports.includes(port) : socket.destroyed && !dismissed.has(socket)
        if (!isTheirs || !asked.includes(path)) continue
        const count = (counts[connector] ??= { unanswered: 0, justAnswered: 0 })
        if (endedAt >= time) count.unanswered++
        else if (endedAt >= time - within) count.justAnswered++
      }
      return counts
    },
    reset: (): void => void (requests = []),
  }
}
export type CutOffs = ReturnType<typeof createCutOffs>
