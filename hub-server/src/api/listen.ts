import type { RequestListener, Server } from 'node:http'
import { HubError } from '../contracts/errors.ts'
import { createGuardedServer, type SocketLimits } from './sockets.ts'

export interface Place {
  readonly host: string
  readonly port: number
  readonly connections: SocketLimits
}

/**
 * Serves an app.
 * @throws HubError with what to do: conflict for a port in use, unavailable for an address that there is not
 */
export const listen = (app: RequestListener, { host, port, connections }: Place): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createGuardedServer(app, connections)
    server.once('error', (error) => reject(refusalOf(error, host, port)))
    server.listen(port, host, () => resolve(server))
  })

const refusalOf = (error: Error, host: string, port: number): HubError =>
  'code' in error && error.code === 'EADDRINUSE'
    ? new HubError('conflict', `Port ${port} is already in use.`, {
        advice: 'Stop the other program, or choose another port with --port.',
        cause: error,
      })
    : new HubError('unavailable', `The hub cannot listen on ${host}:${port}: ${error.message}.`, {
        advice: 'Choose another address with HUB_HOST or another port with --port.',
        cause: error,
      })

/** What listens on all addresses is reached at this one. */
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }

/** How programs on this machine reach it, whichever of the machine's addresses it listens on. */
export const localAddress = (server: Server): string => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the hub listens on no port')
  const { address: ip, family, port } = address
  const host = loopbackOf[ip] ?? (family === 'IPv6' ? `[${ip}]` : ip)
  return `http://${host}:${port}`
}
