import { isDisposableDomain, isFreeMailDomain } from '../../../contracts/free-mail.ts'
import { isRoleName } from '../../../leads/roles/roles.ts'
import { checkSyntax } from './syntax.ts'
import { likelyDomain } from './typo.ts'
import { withoutEnd, withoutEnds, withoutStart } from '../../../contracts/text/trim.ts'

/** What an address says by itself, without asking anybody. */
export interface AddressCheck {
  /** With the domain as mail servers know it; as given where the syntax is wrong. */
  readonly address: string
  /** By RFC 5321 and 6531. */
  readonly valid: boolean
  /** Why no mail can arrive, as a sentence: wrong syntax, or a domain that cannot be on the Internet. */
  readonly problem?: string
  /** ASCII, lower case; missing where the syntax is wrong. */
  readonly domain?: string
  readonly isRole: boolean
  readonly isDisposable: boolean
  readonly isFree: boolean
  /** The address that was probably meant. */
  readonly suggestion?: string
}

/** What people paste along with an address. */
const cleaned = (address: string): string => {
  const bare = address
    .normalize('NFKC')
    .replace(/^.*<([^<>]+)>\s*$/s, '$1')
    .trim()
    .replace(/^mailto:/i, '')
  return withoutEnd(withoutStart(bare, /[\s"'(<[]/), /[\s"')>\],;:.]/)
    .split('@')
    .map((part) => part.trim())
    .join('@')
    .replace(/,(?=[a-z]+$)/i, '.')
}

/** Valid on paper, and still not a place on the Internet that takes mail. */
const placeProblem = (domain: string, literal: boolean): string | undefined => {
  if (literal) return 'An IP number stands in place of a domain: mail servers of companies refuse that.'
  const labels = domain.split('.')
  const last = labels.at(-1) ?? ''
  if (labels.length < 2) return `The domain ${domain} has no ending such as .com.`
  if (/^\d+$/.test(last)) return 'An IP number stands in place of a domain.'
  return last.length < 2 ? `There is no ending .${last}.` : undefined
}

const suggestionFor = (address: string): string | undefined => {
  const clean = cleaned(address)
  const syntax = checkSyntax(clean)
  if (!syntax.valid || syntax.literal) return undefined
  const domain = likelyDomain(syntax.domain)
  if (domain) return `${syntax.local}@${domain}`
  return clean === address || placeProblem(syntax.domain, false) ? undefined : `${syntax.local}@${syntax.domain}`
}

/**
 * All that can be told from an address alone. Spaces around it are ignored; a line break in or after it is an error.
 */
export const checkAddress = (given: string): AddressCheck => {
  const address = withoutEnds(given, /[ \t\u00A0]/)
  const syntax = checkSyntax(address)
  const suggestion = suggestionFor(address)
  const common = suggestion ? { suggestion } : {}
  if (!syntax.valid)
    return {
      address,
      valid: false,
      problem: syntax.problem,
      isRole: false,
      isDisposable: false,
      isFree: false,
      ...common,
    }
  const { local, domain, literal } = syntax
  const problem = placeProblem(domain, literal)
  return {
    address: `${local}@${domain}`,
    valid: true,
    ...(problem && { problem }),
    domain,
    isRole: isRoleName(local),
    isDisposable: isDisposableDomain(domain),
    isFree: isFreeMailDomain(domain),
    ...common,
  }
}
