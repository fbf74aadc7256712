import { createRequire } from 'node:module'
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'
import { getDomain } from 'tldts'

const require = createRequire(import.meta.url)

// Loaded at the first question and once: 22,000 names that a hub which verifies nothing never holds.
let disposable: ReadonlySet<string> | undefined
let free: ReadonlySet<string> | undefined

const disposables = (): ReadonlySet<string> => (disposable ??= disposableEmailBlocklistSet())

/** Providers that the list lacks. */
const furtherFree = ['hey.com', 'tuta.com', 'tuta.io', 'tutanota.com', 'tutanota.de', 'tutamail.com', 'mailbox.org', 'pm.me', 'duck.com', 'skiff.com', 'email.de', 'freenet.de']

/** The package's list holds every throw-away domain too: those are not free providers. */
const freeProviders = (): ReadonlySet<string> => {
  if (free) return free
  const listed: string[] = require('free-email-domains')
  free = new Set([...listed, ...furtherFree].filter((domain) => !isDisposableDomain(domain)))
  return free
}

/** The domain, and what it is a part of, down to the registrable one: throw-away services hand out subdomains. */
const withParents = (domain: string): string[] => {
  const labels = domain.split('.')
  const shortest = getDomain(domain)?.split('.').length ?? 2
  return labels.map((_, at) => labels.slice(at).join('.')).slice(0, Math.max(1, labels.length - shortest + 1))
}

/** Whether mailboxes at the domain are thrown away after use. @param domain ASCII, lower case */
export const isDisposableDomain = (domain: string): boolean => withParents(domain).some((part) => disposables().has(part))

/** Whether anybody can have a mailbox at the domain: it says nothing about a company. @param domain ASCII, lower case */
export const isFreeDomain = (domain: string): boolean => freeProviders().has(domain)
