import type { Sandbox, SandboxOptions } from './types.ts'

export type { HostAddress, Sandbox, SandboxOptions } from './types.ts'
export type { Latency } from './vendors/play.ts'
export type { Mailbox, MailboxKind, MxRecord, SandboxCompany, SandboxPerson } from './population/types.ts'
export type { Population } from './population/population.ts'

/**
 * Starts the sandbox in this process. Nothing of it is loaded before, so that a hub that only works live pays nothing.
 * @throws HubError invalid_input for a host that is not loopback, or a site's folder that has another ending
 */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> =>
  (await import('./start.ts')).startSandbox(options)

/**
 * The sandbox of another process, by the address that `process.ts` printed.
 * @throws HubError unavailable when nobody answers there
 */
export const connectSandbox = async (url: string): Promise<Sandbox> => (await import('./client.ts')).connectSandbox(url)
