import type { Socket } from 'node:net'
import { createAccountFiles, type AccountFiles } from './account-files.ts'
import { createAgents, type Agents } from './agents.ts'
import { createPolicy, type EgressPolicy, type PolicyOptions } from './policy.ts'
import { openSocket, type OpenOptions } from './socket.ts'

export interface EgressOptions extends PolicyOptions {
  /** Folders whose files accounts may name, absolute. */
  readonly folders?: readonly string[]
}

/** The ways out of the hub for what accounts and users name: HTTP, other connections, files. */
export interface Egress {
  readonly policy: EgressPolicy
  /** Connections stay open for the next request. */
  readonly agents: Agents
  /** See `openSocket`. */
  readonly open: (host: string, port: number, options: OpenOptions) => Promise<Socket>
  readonly files: AccountFiles
}

const maxSockets = 128

/** All that leaves by it asks one policy. */
export const createEgress = ({ folders = [], ...options }: EgressOptions): Egress => {
  const policy = createPolicy(options)
  return {
    policy,
    agents: createAgents(policy, { keepAlive: true, maxSockets, scheduling: 'fifo' }),
    open: (host, port, asked) => openSocket(policy, { host, port }, asked),
    files: createAccountFiles(folders),
  }
}

/**
 * The same with a new connection for each request. A kept one may have been closed by the service just as it is used
 * again, and then nobody knows whether the call arrived.
 */
export const withoutKeepAlive = (egress: Egress): Egress => ({
  ...egress,
  agents: createAgents(egress.policy, { keepAlive: false, maxSockets, scheduling: 'fifo' }),
})
