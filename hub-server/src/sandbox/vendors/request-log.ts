import type { VendorCall } from './call.ts'

/** A request as it came, for tests that compare what two clients send. */
export interface LoggedRequest extends VendorCall {
  readonly number: number
  /** Milliseconds since 1970, by the vendors' clock. */
  readonly at: number
  readonly key?: string
  readonly route?: string
  readonly status: number
}

export const requestsKept = 500
/** Longer bodies are named, not kept. */
const longestBody = 65_536

/** The last requests, oldest first. */
export const createRequestLog = () => {
  const kept: LoggedRequest[] = []
  let number = 0
  return {
    add(call: VendorCall, bytes: number, more: Pick<LoggedRequest, 'at' | 'key' | 'route' | 'status'>): void {
      const body = bytes > longestBody ? { leftOut: `${bytes} bytes` } : call.body
      kept[number % requestsKept] = { number: ++number, ...call, body, ...more }
    },
    last: (connector: string | undefined, limit: number): LoggedRequest[] =>
      [...kept]
        .sort((a, b) => a.number - b.number)
        .filter((one) => connector === undefined || one.connector === connector)
        .slice(-limit),
    reset(): void {
      kept.length = 0
      number = 0
    },
  }
}
export type RequestLog = ReturnType<typeof createRequestLog>
