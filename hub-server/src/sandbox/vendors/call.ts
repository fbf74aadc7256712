/** A request as a vendor reads it. */
export interface VendorCall {
  readonly connector: string
  readonly server: string
  readonly method: string
  /** Below the server, e.g. /v2/validate. */
  readonly path: string
  /** Repeated names give a list. */
  readonly query: Readonly<Record<string, string | string[]>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, the fields of a form, or text; undefined without a body. */
  readonly body: unknown
  /** Set when the body could not be read as its Content-Type says. */
  readonly bodyProblem?: string
}

export interface VendorReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Real milliseconds to wait before it is sent. */
  readonly delay: number
}
