import type { Effect } from '../capabilities/capability.ts'
import type { CallTerms } from '../connectors/index.ts'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Provider } from './providers.ts'

/** For whom, at whose account and until when calls are made. */
export interface RequestContext extends Scope {
  readonly run: string | null
  readonly provider: Provider
  readonly effect: Effect
  /** Ends everything at once. */
  readonly signal: AbortSignal
  /** No new call; what is under way, or paid for, is still fetched. */
  readonly stop: AbortSignal
  /** An outage of the vendor is waited out: there is time, and nobody else could be asked. */
  readonly patient?: boolean
  /** Right before a message leaves: from here on nobody else sends it. */
  readonly begin?: () => Promise<void>
  /** Ledger rows that are being settled: the work is over when they are committed. */
  readonly settling: Promise<void>[]
}

/** The account that a call counts for. */
export const accountOf = ({ workspace, mode, provider }: RequestContext): string =>
  `${workspace}/${mode}/${provider.connection.id}`

/** What ends a call before it leaves: what was paid for is fetched all the same. */
export const stopOf = ({ signal, stop }: RequestContext, { collects }: CallTerms): AbortSignal =>
  collects ? signal : stop

/**
 * What prepares a message sends nothing yet: it is repeated like a question. What creates is repeated no more than a
 * message.
 */
export const effectOf = ({ effect }: RequestContext, { prepares, creates }: CallTerms): Effect => {
  if (creates) return 'send'
  return prepares && effect === 'send' ? 'read' : effect
}

export const cancelled = () => new HubError('cancelled', 'The run was stopped before this call was made.')
