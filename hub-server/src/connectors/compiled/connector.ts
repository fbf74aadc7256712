import type { Capability } from '../../capabilities/capability.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Expression } from '../expressions/expression.ts'
import type { SendOutcome, VendorErrorKind } from '../manifest/parts.ts'
import type { Operation as OperationManifest } from '../manifest/operation.ts'
import type { Token } from '../manifest/auth.ts'
import type { Receive } from '../manifest/receive.ts'
import type { Bound } from '../expressions/expression.ts'
import type { Render } from './template.ts'

/** A connector.yaml, loaded, checked and compiled. */
export interface Connector {
  readonly id: string
  readonly folder: string
  readonly builtIn: boolean
  readonly manifest: Manifest
  /** By key: verifyEmail, upsertRecords.contact. */
  readonly operations: ReadonlyMap<string, Operation>
  readonly compiled: Compiled
}

/** What an operation is, and the parts of its description that are ready to run. */
export interface Operation {
  readonly key: string
  readonly capability: Capability
  /** Which of the capability's variants, where it has any: contact, company or deal of records. */
  readonly object?: string
  readonly manifest: OperationManifest
  readonly one?: Way
  readonly many?: Batch
  /** Items that are not asked about. */
  readonly refuses: readonly ErrorRow[]
  readonly errors: readonly ErrorRow[]
  readonly miss?: { readonly status: readonly number[]; readonly when?: Expression; readonly reason?: string }
  readonly each?: Expression
  readonly keep?: Expression
  readonly read: Render
  readonly charge?: Expression
  readonly pages?: Paging
  readonly serialBy?: Expression
  /** Of an item that is written: the fields that are not. */
  readonly notWritten?: Expression
  /** Whether a contact's company is a record of its own, for an account. */
  readonly companyIsRecord?: Expression
  /** How long the vendor’s search may not find what was created. */
  readonly seenAfterMs: number
}

/** The connector's own parts, those that no operation owns. */
export interface Compiled {
  readonly servers: ReadonlyMap<string, Address>
  readonly errors: readonly ErrorRow[]
  readonly send: Sending
  /** The ways to have a token; which one an account takes: tokenWayOf. */
  readonly tokens: readonly TokenWay[]
  readonly test?: { readonly request: Request; readonly good?: Expression }
  readonly receives: ReadonlyMap<string, Received>
}

export type Address = (root: unknown, bound: Bound) => string | Promise<string>

/** What every request carries to be let in. The root of its expressions is the account's fields. */
export interface Sending {
  readonly query?: Render
  readonly headers?: Render
  readonly json?: Render
  readonly form?: Render
  readonly bearer?: Render
  readonly basic?: Render
}

export interface Request {
  readonly method: string
  readonly protocol: 'http' | 'smtp' | 'mmdb'
  readonly server: string
  /** Which of the limits it counts towards. */
  readonly bucket: string
  readonly path: Address
  readonly query?: Render
  readonly headers?: Render
  readonly body?: {
    readonly kind: 'json' | 'form' | 'multipart' | 'text' | 'graphql' | 'message' | 'key'
    readonly render: Render
  }
  readonly as: 'json' | 'text' | 'bytes'
  readonly timeoutMs: number
  /** Statuses that are no error here. */
  readonly allow: readonly number[]
  readonly errors: readonly ErrorRow[]
  /** Shows no key. */
  readonly open: boolean
}

export interface ErrorRow {
  readonly status: readonly number[]
  readonly when?: Expression
  readonly kind: VendorErrorKind
  readonly message?: Render
  readonly advice?: string
  readonly retryAfter?: Render
  readonly outcome?: SendOutcome
}

/** How one call is made: a request, a job that is started and asked for, or steps. */
export type Way = {
  readonly request?: Request
  readonly job?: Job
  readonly steps?: readonly Step[]
  readonly callback?: { readonly when: Expression; readonly upToMs: number }
}

export interface Job {
  readonly submit: Request
  readonly ticket: Expression
  /** It is told an address of the hub’s, and calls it when the result is there. */
  readonly calls: boolean
  readonly poll: Request
  /** Taken in order when the poll is done; the last answer is the result. */
  readonly fetch: readonly { readonly name?: string; readonly request: Request }[]
  /** Whose answer is the result: the last fetch, or the poll. */
  readonly result: Request
  readonly everyMs: number
  readonly upToMs: number
  readonly done?: Expression
  readonly waiting?: Expression
}

export interface Step {
  readonly name?: string
  readonly if?: Expression
  readonly else: boolean
  /** What is asked; absent where the step only works something out. */
  readonly request?: Request
  readonly let?: Render
  readonly credits: number
  /** Sends nothing yet. */
  readonly prepares: boolean
  /** Creates what the vendor would create twice. */
  readonly creates: boolean
}

export interface Batch extends Way {
  readonly upTo: number
  /** Fewest items that go as a batch, where they can be asked about one by one. */
  readonly from: number
  readonly if?: Expression
  readonly together?: Expression
  readonly answers: {
    readonly each: Expression
    readonly key?: Expression
    readonly item?: Expression
    readonly missing: 'error' | 'miss'
    readonly errors: readonly ErrorRow[]
  }
  readonly failures?: {
    readonly each: Expression
    readonly key: Expression
    readonly item: Expression
    readonly kind: VendorErrorKind
    readonly message?: Render
    readonly errors: readonly ErrorRow[]
  }
}

export interface Paging {
  readonly by: 'cursor' | 'number' | 'offset' | 'link'
  readonly size: number
  readonly next?: Expression
  readonly more?: Expression
  readonly total?: Expression
  readonly from: number
  readonly most: number
}

export interface TokenWay {
  readonly manifest: Token
  readonly request: Request
  readonly sign?: {
    readonly algorithm: string
    readonly key: Expression
    readonly lifetimeMs: number
    readonly claims: Render
    readonly header: Render
  }
  readonly read: {
    readonly access: Expression
    readonly refresh: Expression
    readonly expiresIn: Render
    readonly extra: Render
  }
  readonly authorize?: Address
  readonly authorizeQuery?: Render
}

export interface Received {
  readonly manifest: Receive
  readonly secret?: Expression
  readonly token?: Expression
  readonly over?: Expression
  readonly each?: Expression
  readonly delivery?: Expression
  readonly read: Render
}
