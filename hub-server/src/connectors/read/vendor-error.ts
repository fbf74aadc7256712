import { HubError } from '../../contracts/errors.ts'
import type { SendOutcome } from '../manifest/parts.ts'
import { outcomeOfKind } from './send-outcome.ts'

/** An error that a service answered with. */
export class VendorError extends HubError {
  /** What it says about a message, where one was sent. */
  readonly outcome: SendOutcome

  constructor(
    kind: HubError['kind'],
    message: string,
    {
      outcome = outcomeOfKind(kind),
      ...more
    }: { provider: string; advice?: string; retryAfter?: number; outcome?: SendOutcome },
  ) {
    super(kind, message, more)
    this.outcome = outcome
  }
}
