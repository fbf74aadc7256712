import { emailAddress } from './email.ts'
import { visibleText } from './plain-text.ts'

/** What lists say where they know nothing, `[email protected]` for a page's hidden address among it. */
const blanks = new RegExp(
  String.raw`^(?:[\s\-–—_.?*/#]*|#?n\.?\/?a\.?|not (?:available|applicable|known|provided|specified)|none|` +
    String.raw`nil|nan|undefined|unknown|unbekannt|keine?|k\.\s?a\.|tbd|tba|xxx+|#(?:ref|value|name\?|null)!?|` +
    String.raw`\[?e-?mail\s+protected\]?)$`,
  'i',
)

/** Domains that templates and documentation use (RFC 2606 for example.*). `.example` and `.test` are the sandbox's. */
export const templateDomain = new RegExp(
  String.raw`(?:^|\.)(?:mysite\.com|yoursite\.com|yourdomain\.com|yourcompany\.com|domain\.tld|example\.` +
    String.raw`(?:com|org|net|edu|de|fr))$`,
  'i',
)
/** A mailbox that stands for "put yours here". */
export const templateMailbox = new RegExp(
  String.raw`^(?:your[._-]?(?:name|e?mail|address)?|you|user(?:name)?|name|e-?mail|someone|somebody|` +
    String.raw`firstname|lastname|first\.?last|vorname|nachname|xxx+|abc|test|example|beispiel|voorbeeld|` +
    String.raw`exemple|ejemplo|esempio|johndoe|john\.doe|jane\.doe)$`,
  'i',
)
/** The same of a domain, before its ending. */
export const templateLabel =
  /^(?:your|example|domain|email|mail|company|doe|test|website|site|sample|beispiel|xxx+|abc)$/i
/** Typed in where an address was demanded and none was there: none@none.com, asdf@asdf.com. */
const filler =
  /^(?:none|no|na|n-a|nil|null|unknown|undefined|noemail|no-?mail|nomail|asdf+|qwerty?|aaa+|abc|xxx+|test)$/i
/** A mailbox that nobody reads. */
const noReply = /(?:^|[._-])(?:no|do-?not|dont)[._-]?reply(?:$|[^a-z])/

/** Whether a text says that there is nothing: `n/a`, `-`, `unknown`. */
export const isBlank = (text: string): boolean => {
  const shown = visibleText(text)
  // “NA” says nothing; “Na” is a family name.
  return shown !== 'Na' && blanks.test(shown)
}

/**
 * Whether an e-mail field holds nobody's address: none at all, a placeholder (`test@example.com`, `none@none.com`), or
 * a mailbox that nobody reads (`noreply@`). Such a value is no lead's e-mail.
 */
export const isNobodysEmail = (text: string): boolean => {
  const email = emailAddress(text)
  if (email === undefined) return true
  const at = email.lastIndexOf('@')
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)]
  if (templateDomain.test(domain) || noReply.test(local)) return true
  if (/\.(?:example|test)$/.test(domain)) return false
  const label = domain.split('.').at(-2) ?? ''
  return filler.test(local)
    ? filler.test(label) || templateLabel.test(label)
    : templateMailbox.test(local) && templateLabel.test(label)
}

/** The normal form of an address at which somebody can be written to; undefined where it is none, or nobody's. */
export const somebodysEmail = (text: string): string | undefined =>
  isNobodysEmail(text) ? undefined : emailAddress(text)
