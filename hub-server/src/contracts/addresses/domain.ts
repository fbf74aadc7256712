import { domainToASCII } from 'node:url'
import { getDomain } from 'tldts'
import { plainText } from './plain-text.ts'

/**
 * A host name in ASCII and lower case, without the root's dot and a leading `www.`: of a domain, the address of a page
 * or an e-mail address. Undefined for what can be no host on the Internet: one word, an IP number, a sentence.
 */
export const hostName = (text: string): string | undefined => {
  const bare = plainText(text)
    .toLowerCase()
    .replace(/^mailto:/, '')
  const authority = bare.replace(/^[a-z][a-z0-9+.-]*:\/+|^\/\//, '').split(/[/?#\\]/)[0] ?? ''
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '')
  return asciiDomain(host)?.replace(/^www\.(?=[^.]+\.)/, '')
}

/**
 * The domain that a company is known by: the one that was registered, of any spelling of its website, host or an e-mail
 * address there. Whoever rents a name at a host for many (`acme.github.io`) is a company of their own.
 */
export const companyDomain = (text: string): string | undefined => {
  const host = hostName(text)
  return host === undefined
    ? undefined
    : (getDomain(host, { allowPrivateDomains: true }) ?? getDomain(host) ?? undefined)
}

/**
 * A domain in ASCII, lower case, without the root's dot; undefined for top-level domains alone, numbers and the like.
 */
export const asciiDomain = (domain: string): string | undefined => {
  // domainToASCII would read 255.1 as an IP address; what is ASCII needs no help anyway.
  const ascii = (/^\p{ASCII}*$/u.test(domain) ? domain : domainToASCII(domain)).toLowerCase().replace(/\.$/, '')
  return /^(?=.{4,253}$)(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}$/.test(ascii) ? ascii : undefined
}
