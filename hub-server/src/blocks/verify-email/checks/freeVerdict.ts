import type { Verdict } from '../../../contracts/lead.ts'
import { checkAddress } from './checkAddress.ts'
import { checkMailServer, type ResolveMx } from './mailServer.ts'

/** The checks' findings, as the block gives them in `emailChecks`. */
export interface FreeChecks {
  isFree?: boolean
  isRole?: boolean
  isDisposable?: boolean
  hasMailServer?: boolean
  suggestion?: string
}

export interface FreeVerdict {
  /** Missing where the free checks cannot decide: ask a service. */
  readonly verdict?: Verdict
  /** What to say where no service is asked or none knows. */
  readonly otherwise: Verdict
  /** A sentence. */
  readonly reason: string
  readonly checks: FreeChecks
}

const decided = (verdict: Verdict, reason: string, checks: FreeChecks): FreeVerdict => ({
  verdict,
  otherwise: verdict,
  reason,
  checks,
})

/**
 * Everything about an address that costs nothing: syntax, throw-away, free and role addresses, typing errors, mail
 * server. It never says `deliverable`: only a service that asks the mail server can. Never throws.
 */
export const freeVerdict = async (given: string, resolveMx: ResolveMx): Promise<FreeVerdict> => {
  const { problem, domain, isRole, isDisposable, isFree, suggestion } = checkAddress(given)
  const hint = suggestion ? ` Perhaps ${suggestion} was meant.` : ''
  const meant = suggestion ? { suggestion } : {}
  if (problem || !domain) return decided('undeliverable', `${problem ?? 'The address is not right.'}${hint}`, meant)
  const server = await checkMailServer(domain, resolveMx)
  const checks: FreeChecks = {
    isFree,
    isRole,
    isDisposable,
    ...(server.status !== 'unknown' && { hasMailServer: server.status === 'found' }),
    ...meant,
  }
  if (server.status === 'none' || server.status === 'refuses')
    return decided('undeliverable', `${server.reason}${hint}`, checks)
  if (isDisposable) return decided('risky', `Mailboxes at ${domain} are thrown away after use.${hint}`, checks)
  if (suggestion) return { otherwise: 'risky', reason: `${domain} looks like a typing error.${hint}`, checks }
  if (server.status === 'unknown') return { otherwise: 'unknown', reason: server.reason, checks }
  if (isRole) return { otherwise: 'risky', reason: 'The address belongs to a function, not to a person.', checks }
  return {
    otherwise: 'unknown',
    reason: `${server.reason} Whether the mailbox exists, only a service can tell.`,
    checks,
  }
}
