import { createRequire } from 'node:module'
import { domainToASCII } from 'node:url'
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'
import { getDomain } from 'tldts'

const require = createRequire(import.meta.url)

// Loaded at the first question and once: 36,000 names that a hub which verifies nothing never holds.
let disposable: ReadonlySet<string> | undefined
let free: ReadonlySet<string> | undefined

const disposables = (): ReadonlySet<string> => (disposable ??= disposableEmailBlocklistSet())

/** Providers that the list lacks: mailboxes for anybody, and the mail of an Internet connection at home. */
const furtherFree = [
  'hey.com',
  'tuta.com',
  'tuta.io',
  'tutanota.com',
  'tutanota.de',
  'tutamail.com',
  'mailbox.org',
  'pm.me',
  'duck.com',
  'skiff.com',
  'email.de',
  'freenet.de',
  'gmx.eu',
  'gmx.info',
  'zoho.eu',
  'startmail.com',
  'privaterelay.appleid.com',
  'disroot.org',
  'riseup.net',
  'autistici.org',
  'kabelmail.de',
  'vodafonemail.de',
  'unity-mail.de',
  'ewetel.net',
  'osnanet.de',
  'chello.at',
  'inode.at',
  'hispeed.ch',
  'swissonline.ch',
  'talktalk.net',
  'sympatico.ca',
  'tin.it',
]

/** The package's list holds every throw-away domain too: those are not free providers. */
const freeProviders = (): ReadonlySet<string> => {
  if (free) return free
  const listed: string[] = require('free-email-domains')
  free = new Set([...listed, ...furtherFree].filter((domain) => !isDisposableDomain(domain)))
  return free
}

/**
 * The domain, and what it is a part of, down to the registrable one.
 * @param allowPrivateDomains whether a name that is handed out below another, as acme.uk.com, counts as registrable
 */
const withParents = (domain: string, allowPrivateDomains: boolean): string[] => {
  const written = domain.trim().replace(/\.$/, '').toLowerCase()
  const name = domainToASCII(written) || written
  const labels = name.split('.')
  const shortest = getDomain(name, { allowPrivateDomains })?.split('.').length ?? 2
  return labels.map((_, at) => labels.slice(at).join('.')).slice(0, Math.max(1, labels.length - shortest + 1))
}

/**
 * Whether mailboxes at the domain are thrown away after use; such services hand out subdomains, also of others' names.
 */
export const isDisposableDomain = (domain: string): boolean =>
  withParents(domain, false).some((part) => disposables().has(part))

/** Whether anybody can have a mailbox at the domain for good: gmail.com, gmx.de, web.de … */
export const isFreeMailDomain = (domain: string): boolean =>
  withParents(domain, true).some((part) => freeProviders().has(part))

/**
 * Whether a domain is a place where anybody gets a mailbox, for good or for an hour. Whoever writes from there is not
 * employed there: such a domain is never taken for a company's.
 */
export const isNoEmployer = (domain: string): boolean => isFreeMailDomain(domain) || isDisposableDomain(domain)
