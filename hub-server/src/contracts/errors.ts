import { Type, type Static } from 'typebox'
import { Count, Id, Line, ListOf, Real, Text, Url } from './bounded.ts'

/**
 * The one table of errors. `status` is the HTTP status at the REST door, `advice` what a person can do about it
 * when the place that failed knows nothing better.
 */
export const errorKinds = {
  invalid_input: { status: 400, title: 'The input is not right', advice: 'Correct the named field and send it again.' },
  unauthorized: { status: 401, title: 'The key was refused', advice: 'Check the key and connect again.' },
  forbidden: { status: 403, title: 'This key may not do that', advice: 'Use a key that has this right.' },
  not_found: { status: 404, title: 'Not found', advice: 'Check the id or the address.' },
  conflict: { status: 409, title: 'This contradicts what is stored', advice: 'Read the current state and try again.' },
  rate_limited: { status: 429, title: 'Too many calls', advice: 'Wait a moment and try again.' },
  quota_exceeded: {
    status: 402,
    title: 'The service has no credits left',
    advice: 'Top up at the service, then try again.',
  },
  unavailable: { status: 503, title: 'Not reachable just now', advice: 'Try again later.' },
  timeout: { status: 504, title: 'No answer in time', advice: 'Try again later.' },
  bad_response: {
    status: 502,
    title: 'The answer made no sense',
    advice: 'Try again; if it stays, the service has changed its answers.',
  },
  unsupported: { status: 422, title: 'Not possible here', advice: 'Choose another provider or another option.' },
  over_budget: { status: 402, title: 'The budget is used up', advice: 'Raise the budget and resume.' },
  suppressed: {
    status: 403,
    title: 'This person asked not to be contacted',
    advice: 'Nothing to do: the entry on the suppression list stands.',
  },
  not_connected: {
    status: 409,
    title: 'No account is connected',
    advice: 'Open /connect and connect an account of this service.',
  },
  wrong_mode: { status: 409, title: 'This belongs to the other mode', advice: 'Use the key of the other mode.' },
  cancelled: { status: 409, title: 'Cancelled', advice: 'Start it again if you still want it.' },
} as const

export type ErrorKind = keyof typeof errorKinds

export const ErrorKind = Type.Unsafe<ErrorKind>({ type: 'string', enum: Object.keys(errorKinds) })

/** An error as a value: what happened (`message`), what to do (`advice`), and where it came from. */
export const ErrorValue = Type.Object(
  {
    kind: ErrorKind,
    message: Text({ description: 'What happened, in plain English' }),
    advice: Text({ description: 'What to do about it' }),
    provider: Type.Optional(Id({ description: 'The connector that refused' })),
    retryAfter: Type.Optional(Real({ description: 'Seconds to wait before trying again' })),
    pauses: Type.Optional(
      Type.Boolean({ description: 'The run waits until this is mended; what is not done yet is not failed' }),
    ),
  },
  { $id: 'Error' },
)
export type ErrorValue = Static<typeof ErrorValue>

/** So many things that are wrong with one request are told of. */
export const mostProblems = 100

/** RFC 9457 problem details, the shape of every error at the REST door. */
export const Problem = Type.Object(
  {
    type: Line({ description: 'about:blank#<kind>' }),
    title: Line(),
    status: Count(),
    detail: Text({ description: 'What happened' }),
    kind: ErrorKind,
    advice: Text({ description: 'What to do about it' }),
    errors: Type.Optional(
      ListOf(Type.Object({ path: Url({ description: 'JSON pointer' }), message: Text() }), { maxItems: mostProblems }),
    ),
  },
  { $id: 'Problem' },
)
export type Problem = Static<typeof Problem>

/** Thrown between rooms; turned into an {@link ErrorValue} or a {@link Problem} at the edges. */
export class HubError extends Error {
  readonly kind: ErrorKind
  readonly advice: string
  readonly provider?: string
  /** Seconds. */
  readonly retryAfter?: number
  /** The run waits until a person has mended this: no credits, no budget, a refused key. */
  readonly pauses?: boolean
  /** For invalid_input: which fields, as JSON pointers. */
  readonly fields?: { path: string; message: string }[]

  constructor(
    kind: ErrorKind,
    message: string,
    more: {
      advice?: string
      provider?: string
      retryAfter?: number
      pauses?: boolean
      fields?: { path: string; message: string }[]
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: more.cause })
    this.name = 'HubError'
    this.kind = kind
    this.advice = more.advice ?? errorKinds[kind].advice
    this.provider = more.provider
    this.retryAfter = more.retryAfter
    this.pauses = more.pauses
    this.fields = more.fields
  }

  toValue(): ErrorValue {
    const { kind, message, advice, provider, retryAfter, pauses } = this
    return {
      kind,
      message,
      advice,
      ...(provider && { provider }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(pauses && { pauses }),
    }
  }
}

/** It was sent, and whether it was done is not known: it must not be repeated as it is. */
export class UncertainError extends HubError {}

/** A fault of ours, or of the database; `cause` is what was thrown. */
export class Fault extends HubError {}

/**
 * Any thrown thing as a HubError. What is not one already is a fault of ours: its message may hold anything,
 * so it is not shown; the caller logs `cause`.
 */
export const asHubError = (thrown: unknown): HubError =>
  thrown instanceof HubError
    ? thrown
    : new Fault('unavailable', 'Something went wrong inside the hub.', {
        advice: 'Try again. If it stays, look into the hub’s log and report it.',
        cause: thrown,
      })
