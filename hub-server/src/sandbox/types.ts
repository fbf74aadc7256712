import type { Population } from './population/population.ts'
import type { MxRecord, SandboxCompany } from './population/types.ts'
import type { Latency } from './vendors/play.ts'

/** Where a host name of the population is played. The sandbox speaks plain HTTP there, also for https addresses. */
export interface HostAddress {
  readonly address: string
  readonly port: number
}

/** What answers in mode `test`, in this process or in another one. */
export interface Sandbox {
  /** e.g. http://127.0.0.1:9000, without a slash at the end. */
  readonly url: string
  readonly population: Population
  /** Null for a name that nobody has: the fetcher says "not found", and asks no real name server. */
  resolveHost(name: string): Promise<HostAddress | null>
  /** Mail servers of a domain; [] for one that takes no mail, null for one outside the population. */
  resolveMx(domain: string): Promise<readonly MxRecord[] | null>
  /** Address of the stand-in for a connector's server: put it in place of the server's address. */
  vendorBase(connector: string, server: string): string
  /** Whether the vendor with this connector's folder is asked though nobody named it: as its sandbox.yaml says. */
  isUsual(folder: string): Promise<boolean>
  /** Companies that a new user can try, in the order of the population. */
  companies(limit: number, offset?: number): readonly SandboxCompany[]
  /** Ends an own sandbox; of a connected one only the connection. */
  stop(): Promise<void>
}

export interface SandboxOptions {
  /** 0 (the default) takes any free port. */
  port?: number
  /** Must be a loopback address. */
  host?: string
  /** The same seed gives the same population. Default: 1. */
  seed?: number
  /** Folders that hold <connector>/sandbox.yaml, the first one wins. */
  connectorsDir: string | readonly string[]
  /** The same of users, after those: each of their vendors is played in a process of its own. */
  own?: readonly string[]
  /** Folder with further websites: <host>/index.html; hosts under .test or .example. */
  sites?: string
  latency?: Latency
}
