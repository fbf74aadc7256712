import type { Effect } from '../capabilities/capability.ts'
import { HubError, UncertainError } from '../contracts/errors.ts'

const tries: Partial<Record<HubError['kind'], number>> = {
  rate_limited: 6,
  unavailable: 3,
  timeout: 2,
  bad_response: 2,
}
/** A vendor that is down is waited for so long, where there is time. Milliseconds. */
const patienceMs = 60_000
/** A pause that the vendor asks for, and one that nobody asks for. */
export const longestPauseMs = 60_000
const longestGrownMs = 6_400

export interface Tried {
  /** How often it was tried. */
  readonly count: number
  /** Milliseconds of pauses until now. */
  readonly waited: number
  readonly effect: Effect
  /** An outage is waited out. */
  readonly patient: boolean
}

/**
 * A refusal or a call that never left may be repeated even for a send: "too many", and a server that does not work and
 * took nothing (its outcome is known, else the error were uncertain). Anything else only for reads and upserts.
 */
export const mayRepeat = (error: unknown, { count, waited, effect, patient }: Tried): error is HubError => {
  if (!(error instanceof HubError) || error instanceof UncertainError) return false
  const isDown = error.kind === 'unavailable'
  if (effect === 'send' && error.kind !== 'rate_limited' && !isDown) return false
  return count < (tries[error.kind] ?? 1) || (isDown && patient && waited < patienceMs)
}

/** Milliseconds: as long as the vendor asks, else growing, with jitter so that many do not come back at once. */
export const pauseBefore = (count: number, { retryAfter = 0 }: HubError): number => {
  const grown = Math.min(longestGrownMs, 200 * 2 ** (count - 1)) * (0.75 + Math.random() / 2)
  return Math.min(longestPauseMs, Math.max(retryAfter * 1000, grown))
}
