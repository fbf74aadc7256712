import type http from 'node:http'
import { createAgents, createTunnelAgents, type Agents } from '../egress/agents.ts'
import type { EgressPolicy } from '../egress/policy.ts'
import { dialThrough, type Proxy } from '../egress/proxy.ts'

/** Milliseconds that an unused connection stays open, and how many may. */
const idleMs = 5_000
const maxIdle = 32

/**
 * Node's own `maxTotalSockets` counts idle connections too: at the limit the next site waits until one of them times
 * out. So the oldest idle ones are closed instead.
 */
const closeOldest = (agent: http.Agent): void => {
  agent.on('free', () => {
    const idle = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])
    for (const socket of idle.slice(0, Math.max(0, idle.length - maxIdle))) socket.destroy()
  })
}

/** Connections that stay open for the next page; bounded, so that a thousand sites leave no thousand sockets. */
const options: http.AgentOptions = { keepAlive: true, maxSockets: 4, maxFreeSockets: 2, timeout: idleMs }

const bounded = (agents: Agents): Agents => {
  closeOldest(agents.http)
  closeOldest(agents.https)
  return agents
}

/** Connections to websites, each to an address that the policy has checked. */
export const directConnections = (policy: EgressPolicy): Agents => bounded(createAgents(policy, options))

/** The same through a proxy, which is told the checked address. */
export const connectionsThrough = (policy: EgressPolicy, proxy: Proxy): Agents =>
  bounded(createTunnelAgents(policy, (address, port) => dialThrough(proxy, address, port), options))

export const closeConnections = (agents: Agents): void => {
  agents.http.destroy()
  agents.https.destroy()
}
