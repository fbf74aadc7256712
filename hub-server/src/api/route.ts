import type { Request, Response } from 'express'
import type { Static, TObject, TSchema } from 'typebox'
import type { Caller } from '../access/rights/caller.ts'
import type { Wanted } from '../access/gate.ts'

/** Characters of an id in an address. */
export const longestId = 500

/** One request at the REST door, checked against its route's schemas. */
export interface Call<Query = Record<string, unknown>, Body = unknown> {
  readonly caller: Caller
  readonly params: Record<string, string>
  readonly query: Query
  readonly body: Body
  /** Where the route takes files and one was sent instead of JSON. */
  readonly file?: SentFile
  readonly headers: Request['headers']
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal
  readonly response: Response
  /** For the audit log, where the route's own name and id do not say it all. */
  readonly note: (more: AuditNote) => void
}

/** What a handler says of what it did: names of fields, and values that are neither personal nor secret. */
export interface AuditNote {
  readonly subject?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** A file as the body, to be read as it comes. */
export interface SentFile {
  readonly type: 'csv' | 'jsonl'
  readonly bytes: AsyncIterable<Uint8Array>
}

/** A route: from this one description come the check of what arrives, the handler's types and the OpenAPI. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** In OpenAPI's words: /v1/runs/{id}. */
  readonly path: string
  readonly group: string
  readonly summary: string
  readonly query?: TObject
  readonly body?: TSchema
  /** Instead of `body`, where what is wrong with a part shall not refuse the whole. */
  readonly check?: TSchema
  /**
   * Takes a file (text/csv, application/x-ndjson) in place of the JSON body, of any length; what else there is to say
   * stands in the query.
   */
  readonly files?: boolean
  /** By status: the body's schema, the media type of text, or null where there is no body. */
  readonly answers: Readonly<Record<number, TSchema | string | null>>
  /**
   * What it takes to be let in; `anybody`: to be known. With `open` nobody is asked: what is sent is small then, and so
   * is the number of those who are answered at once.
   */
  readonly permission: Wanted | 'open'
  /** Whom it gives when it is read: reading many is told in the audit log. */
  readonly people?: (answer: Answer) => number
  /** Stores nothing, whatever its method: it is answered while the disk is full, too. */
  readonly reads?: boolean
  /**
   * Looks, before a body is read, whether whoever asks may: for routes without a key that have a secret of their own.
   * @returns an answer where there is nothing more to do
   * @throws HubError for those who may not
   */
  readonly admit?: (call: Pick<Call, 'params' | 'headers'>) => Promise<Answer | undefined>
  /** Bytes of the body, where the usual bound does not fit. */
  readonly bodyBytes?: number
  /** For browsers or services that were sent here, not for callers: not in OpenAPI. */
  readonly unlisted?: boolean
  readonly handle: (call: Call) => Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  /** Instead of a body: text that is sent as it comes; with a name it is a file to save. */
  readonly text?: {
    readonly type: string
    readonly name?: string
    readonly parts: AsyncIterable<string> | Iterable<string>
    /** A text is not looked through: its maker masks what the caller may not see. */
    readonly shows: 'nobody' | 'people, as the caller may see them'
  }
}

export const ok = (body: unknown): Answer => ({ status: 200, body })

/** It is done, and there is nothing to say. */
export const noContent = async (done: Promise<void>): Promise<Answer> => {
  await done
  return { status: 204 }
}

/** Ties the handler's types to the schemas. */
export const route = <Query extends TObject, Body extends TSchema>(
  parts: Omit<Route, 'handle' | 'query' | 'body'> & {
    query?: Query
    body?: Body
    handle: (call: Call<Static<Query>, Static<Body>>) => Promise<Answer>
  },
): Route => ({
  ...parts,
  // The server has checked query and body against these very schemas before it calls.
  handle: (call) => parts.handle({ ...call, query: call.query as Static<Query>, body: call.body as Static<Body> }),
})
