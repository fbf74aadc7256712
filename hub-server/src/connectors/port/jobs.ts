import type { VendorAnswer } from './types.ts'

/** What is started at a vendor and comes later: a job that is polled, or an answer that is promised to a callback. */
export interface NewJob {
  /** What tells its questions apart, one for each of the items. */
  readonly keys: readonly string[]
  readonly items: readonly unknown[]
  readonly way: 'one' | 'many'
  /** The vendor's credits that it can cost at most. */
  readonly credits: number
  /** Whether the vendor may call the hub about it. */
  readonly callback: boolean
}

/** The job that a question is in. */
export interface KnownJob {
  readonly id: string
  readonly way: 'one' | 'many'
  /** Which of the job's items the question is. */
  readonly ordinal: number
}

interface AnyJob {
  readonly items: readonly unknown[]
  readonly credits: number
  /** Another run started it, and pays for it. */
  readonly others: boolean
}

export interface DoneJob extends AnyJob {
  readonly answer: VendorAnswer
}

/** A job that is ours: nobody else submits it or asks for it until it is left. */
export interface HeldJob extends AnyJob {
  /** The run on whose account it is; undefined where there are no accounts. */
  readonly run?: string | null
  /** Undefined until it is started. */
  readonly started?: { readonly ticket: unknown }
  readonly callback?: Callback
  /** The gateway's record of the call that submitted it. */
  readonly ledger?: string
  /**
   * Commits that the vendor has it, by what it calls it, and the record of the call that submitted it. False when
   * somebody else has taken it over: then it is theirs.
   */
  readonly start: (ticket: unknown, ledger?: string) => Promise<boolean>
  /** Commits its result, for all who asked. */
  readonly finish: (answer: VendorAnswer) => Promise<void>
  /** There is no such job: refused, lost, or failed. Its questions may be asked anew. */
  readonly drop: (why?: string) => Promise<void>
  /** It goes on at the vendor; whoever comes next takes it up. */
  readonly leave: () => Promise<void>
}

/** Where a vendor delivers an answer later. */
export interface Callback {
  readonly url: string
  readonly token: string
  /**
   * What came there, also before this was asked; undefined when nothing does in so many milliseconds.
   * @throws HubError cancelled when the signal aborts
   */
  readonly heard: (ms: number, signal: AbortSignal) => Promise<{ readonly body: unknown } | undefined>
}

/** Jobs, written down before they are waited for: whoever comes next takes them up, so that none is paid for twice. */
export interface JobBook {
  /** Whether vendors can call the hub. */
  readonly callable: boolean
  /** Those of the questions that a job is about already. */
  readonly find: (keys: readonly string[]) => Promise<ReadonlyMap<string, KnownJob>>
  /** Written before it is submitted. Undefined when one of its questions has just come into another job. */
  readonly open: (job: NewJob) => Promise<HeldJob | undefined>
  /**
   * A job that was found: as soon as nobody else holds it, or its result is there. Undefined when it is there no more.
   * @throws HubError cancelled when the signal aborts
   */
  readonly join: (id: string, signal: AbortSignal) => Promise<HeldJob | DoneJob | undefined>
}

/** Keeps nothing: for calls that nobody takes up, such as those of a connector's examples. */
export const unwrittenJobs = (callback?: Callback): JobBook => ({
  callable: callback !== undefined,
  find: () => Promise.resolve(new Map()),
  open: ({ items, credits }) =>
    Promise.resolve({
      items,
      credits,
      others: false,
      ...(callback && { callback }),
      start: () => Promise.resolve(true),
      finish: () => Promise.resolve(),
      drop: () => Promise.resolve(),
      leave: () => Promise.resolve(),
    }),
  join: () => Promise.resolve(undefined),
})
