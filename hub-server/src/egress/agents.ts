import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { checkedAddresses, guarded } from './guard.ts'
import type { EgressPolicy } from './policy.ts'

/** Connections of HTTP, shared by all requests that are made with them. None of them leads past the policy. */
export interface Agents {
  readonly http: http.Agent
  readonly https: https.Agent
}

/** A request over connections that the policy has checked, and over no others. */
export const requestOver = (
  agents: Agents,
  protocol: 'http:' | 'https:',
  options: https.RequestOptions,
): http.ClientRequest =>
  protocol === 'https:'
    ? https.request({ ...options, agent: agents.https })
    : http.request({ ...options, agent: agents.http })

/** Opens a connection to a checked address by another way than directly. */
export type Dial = (address: string, port: number) => Promise<Duplex>

type Done = (error: Error | null, stream: Duplex) => void

/** Node takes an error alone, and its type wants a stream with it. */
const fail = (done: Done | undefined, thrown: unknown): void =>
  (done as ((error: unknown) => void) | undefined)?.(thrown)

class GuardedHttpAgent extends http.Agent {
  readonly policy: EgressPolicy

  constructor(policy: EgressPolicy, options: http.AgentOptions) {
    super(options)
    this.policy = policy
  }

  override createConnection(options: http.ClientRequestArgs, done?: Done): Duplex | null | undefined {
    try {
      return super.createConnection(guarded(this.policy, options), done)
    } catch (thrown) {
      fail(done, thrown)
      return undefined
    }
  }
}

class GuardedHttpsAgent extends https.Agent {
  readonly policy: EgressPolicy

  constructor(policy: EgressPolicy, options: https.AgentOptions) {
    super(options)
    this.policy = policy
  }

  override createConnection(options: https.RequestOptions, done?: Done): Duplex | null | undefined {
    try {
      return super.createConnection(guarded(this.policy, options), done)
    } catch (thrown) {
      fail(done, thrown)
      return undefined
    }
  }
}

/** Agents whose connections are direct, each to an address that the policy has checked. */
export const createAgents = (policy: EgressPolicy, options: http.AgentOptions = {}): Agents => ({
  http: new GuardedHttpAgent(policy, options),
  https: new GuardedHttpsAgent(policy, options),
})

/** IPv4 before IPv6, which many proxies have not. */
const targetOf = async (policy: EgressPolicy, options: http.ClientRequestArgs): Promise<[string, number]> => {
  const found = await checkedAddresses(policy, options)
  const best = found.find(({ family }) => family === 4) ?? found[0]
  return [best?.address ?? '', Number(options.port)]
}

class TunnelHttpAgent extends http.Agent {
  readonly open: (options: http.ClientRequestArgs) => Promise<Duplex>

  constructor(open: TunnelHttpAgent['open'], options: http.AgentOptions) {
    super(options)
    this.open = open
  }

  override createConnection(options: http.ClientRequestArgs, done?: Done): undefined {
    this.open(options).then(
      (socket) => done?.(null, socket),
      (thrown: unknown) => fail(done, thrown),
    )
  }
}

class TunnelHttpsAgent extends https.Agent {
  readonly open: (options: http.ClientRequestArgs) => Promise<Duplex>

  constructor(open: TunnelHttpsAgent['open'], options: https.AgentOptions) {
    super(options)
    this.open = open
  }

  override createConnection(options: https.RequestOptions, done?: Done): undefined {
    const secure = (socket: Duplex): Duplex | null | undefined =>
      super.createConnection(Object.assign({}, options, { socket }))
    this.open(options).then(
      (socket) => {
        const tls = secure(socket)
        if (tls) done?.(null, tls)
      },
      (thrown: unknown) => fail(done, thrown),
    )
  }
}

/** Agents whose connections go another way: the name is looked up and checked here, and the address is handed on. */
export const createTunnelAgents = (policy: EgressPolicy, dial: Dial, options: http.AgentOptions = {}): Agents => {
  const open = async (asked: http.ClientRequestArgs): Promise<Duplex> => dial(...(await targetOf(policy, asked)))
  return { http: new TunnelHttpAgent(open, options), https: new TunnelHttpsAgent(open, options) }
}
