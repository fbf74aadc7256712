import { isIP } from 'node:net'
import { getDomain } from 'tldts'
import { isNoEmployer } from '../../contracts/free-mail.ts'
import { withoutEnd, withoutStart } from '../../contracts/text/trim.ts'

/** A website as a person gave it, made ready to read. */
export interface Website {
  /** The same for two ways to write the same address. */
  readonly key: string
  readonly host: string
  /** Addresses to try, best first: many sites answer at only one of https, http and www. */
  readonly candidates: string[]
  /** What was understood, where it is not what was written. */
  readonly note?: string
}

export interface NoWebsite {
  readonly problem: string
  readonly advice: string
}

const advice = 'Give the address of the company’s website, such as acme.example.'
const email = /^(?:mailto:)?([^\s@/]+)@([^\s@/?]+)(?:\?.*)?$/i
/** Browsers and servers take no longer ones (https://www.rfc-editor.org/rfc/rfc9110#section-4.1-5 asks for 8,000). */
const longest = 8_000
/** Of a domain: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const longestDomain = 253
const quoted = (text: string): string => `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`

/** What people paste around an address. */
const trimmed = (text: string): string =>
  withoutEnd(withoutStart(text, /[<("'[\s]/), /[>)"'\],;\s]/).replace(/^(https?):?\/+(?:https?:?\/+)?/i, '$1://')

const candidatesOf = (url: URL, schemeGiven: boolean): string[] => {
  const secure = new URL(url)
  secure.protocol = 'https:'
  const plain = new URL(url)
  plain.protocol = 'http:'
  const both = schemeGiven && url.protocol === 'http:' ? [plain.href, secure.href] : [secure.href, plain.href]
  // A port belongs to one protocol, and an IP number or a host of a site has no www.
  if (url.port) return schemeGiven ? [url.href] : both
  if (isIP(url.hostname) || getDomain(url.hostname) !== url.hostname) return both
  const www = new URL(both[0] ?? url.href)
  www.hostname = `www.${url.hostname}`
  return [...both, www.href]
}

/** One key for http, https and www, with and without a slash at the end. */
export const addressKey = (url: URL): string => {
  const path = withoutEnd(url.pathname.replace(/\/(?:index|default|home)\.(?:html?|php|aspx?|jsp)$/i, '/'), /\//)
  const query = new URLSearchParams(
    [...url.searchParams].filter(([name]) => !/^(?:utm_|gclid|fbclid)/.test(name)),
  ).toString()
  return `${url.host.replace(/^www\./, '')}${path}${query && `?${query}`}`
}

const websiteAt = (text: string, given: string, note?: string): Website | NoWebsite => {
  const schemeGiven = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  const address = schemeGiven ? text : `https://${text.replace(/^\/+/, '')}`
  if (!URL.canParse(address)) return { problem: `${quoted(given)} is not the address of a website.`, advice }
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { problem: `${quoted(given)} is not on the web: only http and https are.`, advice }
  url.hash = ''
  const host = url.hostname
  if (host.length > longestDomain) return { problem: `${quoted(given)} has no domain that exists.`, advice }
  if (!schemeGiven && !host.includes('.') && isIP(host.replace(/^\[|\]$/g, '')) === 0)
    return { problem: `${quoted(given)} is not the address of a website.`, advice }
  return { key: addressKey(url), host, candidates: candidatesOf(url, schemeGiven), ...(note && { note }) }
}

/**
 * Reads what a person wrote as a website: `acme.example`, an address with a path, even an e-mail address (its domain is
 * meant).
 */
export const parseWebsite = (given: string): Website | NoWebsite => {
  if (given.length > longest) return { problem: `${quoted(given)} is too long for the address of a website.`, advice }
  const text = trimmed(given)
  if (text === '') return { problem: 'No website is given.', advice }
  const mail = email.exec(text)
  if (mail) {
    const domain = (mail[2] ?? '').toLowerCase()
    if (domain.length > longestDomain) return { problem: `${quoted(given)} has no domain that exists.`, advice }
    if (isNoEmployer(domain)) {
      return {
        problem:
          `${quoted(given)} is an e-mail address at ${domain}, where anybody can have one: it tells nothing ` +
          'of the company’s website.',
        advice,
      }
    }
    return websiteAt(
      domain,
      given,
      `${quoted(text)} is an e-mail address, so the website of its domain ${domain} was read.`,
    )
  }
  if (/\s/.test(text)) return { problem: `${quoted(given)} is not the address of a website.`, advice }
  return websiteAt(text, given)
}
