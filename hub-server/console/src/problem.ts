import type { ErrorKind, Problem } from '../../src/contracts/errors.ts'

/** What went wrong, in the hub's words, or in the page's own where no hub answered. */
export interface ShownProblem {
  readonly kind: ErrorKind | 'offline' | 'page_fault'
  readonly title: string
  /** What happened. */
  readonly detail: string
  /** What to do about it. */
  readonly advice: string
  readonly errors?: Problem['errors']
}

/** Thrown by the api, shown by whoever asked. */
export class HubProblem extends Error {
  readonly shown: ShownProblem

  constructor(shown: ShownProblem, cause?: unknown) {
    super(shown.detail, { cause })
    this.name = 'HubProblem'
    this.shown = shown
  }
}

export const offline: ShownProblem = {
  kind: 'offline',
  title: 'The hub does not answer',
  detail: 'This page could not reach the hub it belongs to.',
  advice: 'Start the hub with “./hub up” on its machine.',
}

export const tooSlow: ShownProblem = {
  kind: 'timeout',
  title: 'No answer in time',
  detail: 'The hub took longer than a minute to answer.',
  advice: 'Wait a moment and try again.',
}

/** An answer that is not the hub's own, e.g. the error page of a proxy in between. */
export const notFromHub = (status: number): ShownProblem => ({
  kind: 'bad_response',
  title: 'The answer made no sense',
  detail: `Something other than the hub answered (status ${status}).`,
  advice: 'Check that the address of this page is the hub’s own and load it again.',
})

/** Any thrown thing as something to show; a fault of the page itself is not explained further. */
export const shownOf = (thrown: unknown): ShownProblem =>
  thrown instanceof HubProblem
    ? thrown.shown
    : {
        kind: 'page_fault',
        title: 'This page made a mistake',
        detail: thrown instanceof Error ? thrown.message : 'Something unexpected happened inside the page.',
        advice: 'Load the page again. If it stays, please report it with these words.',
      }

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Whether an answer's body is RFC 9457 problem details as the hub writes them. */
export const isProblem = (body: unknown): body is Problem =>
  isRecord(body) && ['title', 'detail', 'advice', 'kind'].every((name) => typeof body[name] === 'string')
