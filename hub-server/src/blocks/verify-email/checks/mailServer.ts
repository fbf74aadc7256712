import { HubError } from '../../../contracts/errors.ts'
import { createLru, type Lru } from '../../../web/lru.ts'

export interface MailServer {
  readonly exchange: string
  readonly priority: number
}

/**
 * The mail servers of a domain, the address record that stands in for them (RFC 5321, 5.1) included; [], or ENOTFOUND
 * or ENODATA thrown, where there are none. null, or anything else thrown, means that nobody could tell.
 */
export type ResolveMx = (domain: string) => Promise<readonly MailServer[] | null>

/** `unknown`: the look-up failed, which says nothing about the domain. */
export interface MailServerCheck {
  readonly status: 'found' | 'none' | 'refuses' | 'unknown'
  /** Best first. */
  readonly servers: MailServer[]
  /** A sentence. */
  readonly reason: string
}

const FOUND_MS = 3_600_000
/** A domain that was just set up should not stay dead for an hour. */
const NONE_MS = 300_000
const REMEMBERED = 2_000

interface Kept {
  readonly check: Promise<MailServerCheck>
  until: number
}

// By resolver, so that what one mode was told never answers another.
const caches = new WeakMap<ResolveMx, Lru<Kept>>()

const cacheOf = (resolveMx: ResolveMx): Lru<Kept> => {
  const known = caches.get(resolveMx)
  if (known) return known
  const fresh = createLru<Kept>(REMEMBERED)
  caches.set(resolveMx, fresh)
  return fresh
}

const saysNone = (thrown: unknown): boolean =>
  thrown instanceof HubError
    ? thrown.kind === 'not_found'
    : thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOTFOUND' || thrown.code === 'ENODATA')

const none = (domain: string): MailServerCheck => ({
  status: 'none',
  servers: [],
  reason: `No mail server takes mail for ${domain}.`,
})

const cannotTell = (domain: string, why = ''): MailServerCheck => ({
  status: 'unknown',
  servers: [],
  reason: `The mail servers of ${domain} could not be looked up.${why}`,
})

const lookUp = async (domain: string, resolveMx: ResolveMx): Promise<MailServerCheck> => {
  try {
    const found = await resolveMx(domain)
    if (!found) return cannotTell(domain)
    const servers = found
      .filter(({ exchange }) => !['', '.', 'localhost', 'localhost.'].includes(exchange))
      .toSorted((a, b) => a.priority - b.priority)
    if (servers[0]) return { status: 'found', servers, reason: `Mail for ${domain} goes to ${servers[0].exchange}.` }
    // RFC 7505
    if (found.length > 0) return { status: 'refuses', servers: [], reason: `${domain} says that it takes no mail.` }
    return none(domain)
  } catch (thrown) {
    if (saysNone(thrown)) return none(domain)
    return cannotTell(domain, thrown instanceof HubError ? ` ${thrown.message}` : '')
  }
}

/**
 * Whether a domain takes mail. Answers are kept (an hour, five minutes for a miss, failures not at all), and the same
 * domain is never looked up twice at once. Never throws.
 * @param domain ASCII, lower case
 */
export const checkMailServer = (
  domain: string,
  resolveMx: ResolveMx,
  now: () => number = Date.now,
): Promise<MailServerCheck> => {
  const cache = cacheOf(resolveMx)
  const kept = cache.get(domain)
  if (kept && kept.until > now()) return kept.check
  const fresh: Kept = { check: lookUp(domain, resolveMx), until: Number.POSITIVE_INFINITY }
  cache.set(domain, fresh)
  return fresh.check.then((check) => {
    if (check.status === 'unknown') cache.delete(domain)
    fresh.until = now() + (check.status === 'found' ? FOUND_MS : NONE_MS)
    return check
  })
}
