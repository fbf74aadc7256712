import { connect, type Socket } from 'node:net'
import { guarded, type ConnectionOptions } from './guard.ts'
import type { EgressPolicy } from './policy.ts'

export interface OpenOptions {
  readonly signal: AbortSignal
  /** Milliseconds until the connection must stand. */
  readonly timeoutMs: number
}

const tooSlow = (): Error => Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })

const opened = (options: ConnectionOptions, { signal, timeoutMs }: OpenOptions): Promise<Socket> => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const { host, port, lookup } = options
  const socket = connect({ host: host ?? 'localhost', port: Number(port), ...(lookup && { lookup }) })
  const stop = (): void => void socket.destroy(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' }))
  const timer = setTimeout(() => socket.destroy(tooSlow()), timeoutMs)
  const end = (): void => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
  // Stays: an error that comes before whoever gets the socket listens would end the process.
  socket.on('error', reject)
  socket.once('connect', () => resolve(socket))
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return promise.finally(end)
}

/**
 * A connection to a checked address of a host.
 * @throws HubError where the policy refuses it; the system's error where it does not come about
 */
export const openSocket = async (
  policy: EgressPolicy,
  { host, port }: { readonly host: string; readonly port: number },
  options: OpenOptions,
): Promise<Socket> => opened(guarded(policy, { host, port }), options)

/** A connection to what the operator's own settings name, such as a proxy: no policy is asked. */
export const openSocketOfOperator = (
  { host, port }: { readonly host: string; readonly port: number },
  options: OpenOptions,
): Promise<Socket> => opened({ host, port }, options)
