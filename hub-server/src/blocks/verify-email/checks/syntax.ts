import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

/** An address taken apart, or what is wrong with it, as a sentence. */
export type Syntax =
  | {
      readonly valid: true
      readonly local: string
      /** Lower case, international letters as xn--. */ readonly domain: string
      /** The domain is an IP number in brackets. */ readonly literal: boolean
    }
  | { readonly valid: false; readonly problem: string }

const no = (problem: string): Syntax => ({ valid: false, problem })

/** RFC 5321, 4.5.3.1, in octets; 254 is what a path of 256 leaves (RFC 3696, erratum 1690). */
const MAX_LOCAL = 64
const MAX_DOMAIN = 253
const MAX_LABEL = 63
const MAX_ADDRESS = 254

const octets = (text: string): number => Buffer.byteLength(text)

// RFC 5322 atext, and by RFC 6531 all letters beyond ASCII that are neither spaces nor controls.
const dotAtom = /^[\w!#$%&'*+\-/=?^`{|}~\u{80}-\u{10FFFF}]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\u{80}-\u{10FFFF}]+)*$/u
const unseen = /[\p{Z}\p{C}]/u
// RFC 5321, 4.1.2: qtextSMTP and quoted-pairSMTP; the latter stays ASCII in RFC 6531.
const quoted = /^"(?:[ !#-[\]-~\u{80}-\u{10FFFF}]|\\[ -~])*"$/u
const label = /^[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u
/** Letters twice as wide as usual: a slip of an input method, mapped silently by look-ups. */
const wide = /[\uFF01-\uFFEF]/

/** Where the local part ends: the last @, and for a quoted one the @ behind the closing quote. */
const split = (address: string): { local: string; domain: string } | undefined => {
  const at = address.lastIndexOf('@')
  return at < 0 ? undefined : { local: address.slice(0, at), domain: address.slice(at + 1) }
}

const localProblem = (local: string): string | undefined => {
  if (local === '') return 'Nothing stands before the @.'
  if (octets(local) > MAX_LOCAL) return `The part before the @ is longer than ${MAX_LOCAL} characters.`
  if (local.startsWith('"')) {
    if (!quoted.test(local)) return 'The quotation marks before the @ are not right.'
    return unseen.test(local.replaceAll(' ', '')) ? 'It contains invisible characters.' : undefined
  }
  if (/\s/.test(local)) return 'It contains a space or a line break.'
  if (unseen.test(local)) return 'It contains invisible characters.'
  if (local.startsWith('.') || local.endsWith('.')) return 'The part before the @ begins or ends with a dot.'
  if (local.includes('..')) return 'The part before the @ has two dots in a row.'
  if (local.includes('@')) return 'There is more than one @.'
  return dotAtom.test(local) ? undefined : 'The part before the @ contains a character that is not allowed there.'
}

const literalProblem = (domain: string): string | undefined => {
  const inner = domain.slice(1, -1)
  const right =
    domain.endsWith(']') && (isIPv4(inner) || (/^IPv6:/i.test(inner) && isIPv6(inner.slice(5)) && !inner.includes('%')))
  return right ? undefined : 'The brackets do not hold an IP number.'
}

const domainProblem = (domain: string): string | undefined => {
  if (domain === '') return 'Nothing stands after the @.'
  if (/\s/.test(domain)) return 'It contains a space or a line break.'
  if (domain.endsWith('.') || domain.startsWith('.')) return 'The domain begins or ends with a dot.'
  if (domain.includes('..')) return 'The domain has two dots in a row.'
  if (wide.test(domain)) return 'The domain is written in full-width letters.'
  if (!domain.split('.').every((part) => label.test(part)))
    return 'The domain contains a character that is not allowed there.'
  const ascii = domainToASCII(domain)
  if (!ascii && /[^\x00-\x7F]|xn--/i.test(domain)) return 'The domain is no valid international name.'
  const name = ascii || domain
  if (name.length > MAX_DOMAIN) return 'The domain is too long.'
  return name.split('.').some((part) => part.length > MAX_LABEL)
    ? `A part of the domain is longer than ${MAX_LABEL} characters.`
    : undefined
}

/** domainToASCII reads 255.1 or 0x7f as a number; names in plain ASCII need no help anyway. */
const asciiDomain = (domain: string): string =>
  (/^[\x00-\x7F]*$/.test(domain) ? domain : domainToASCII(domain)).toLowerCase()

/**
 * Whether an address may stand in an SMTP dialogue: RFC 5321 (quoted local parts and IP literals too) with the
 * international letters of RFC 6531. What RFC 5322 only allows in message headers (comments, folded lines, obsolete
 * forms) is refused. Nothing is trimmed: a line break at the end is an error.
 */
export const checkSyntax = (address: string): Syntax => {
  const parts = split(address)
  if (!parts) return no(address.trim() === '' ? 'There is no address.' : 'There is no @.')
  const { local, domain } = parts
  const literal = domain.startsWith('[')
  const problem = localProblem(local) ?? (literal ? literalProblem(domain) : domainProblem(domain))
  if (problem) return no(problem)
  const ascii = literal ? domain : asciiDomain(domain)
  if (octets(local) + 1 + ascii.length > MAX_ADDRESS) return no(`It is longer than ${MAX_ADDRESS} characters.`)
  return { valid: true, local, domain: ascii, literal }
}
