import { isRole, toEmail } from './email-rules.ts'
import { withoutEnd } from '../../../contracts/text/trim.ts'

const LOCAL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u
/**
 * What a mailbox really begins with or contains on pages; the rest of RFC 5322's characters are nearly always page
 * furniture.
 */
const USUAL_LOCAL = /[\p{L}\p{N}._%+&'-]/u

/**
 * Addresses written plainly. Looks outward from each @, at most 64 characters to the left and 254 to the right,
 * so the work grows only with the length of the text.
 */
export function plainAddresses(text: string): string[] {
  const found: string[] = []
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && at - start < 65 && USUAL_LOCAL.test(text[start - 1] ?? '')) start--
    let end = at + 1
    while (end < text.length && end - at < 255 && /[\p{L}\p{N}.-]/u.test(text[end] ?? '')) end++
    const local = text.slice(start, at)
    const domain = text.slice(at + 1, end)
    // "user@host/path" is a package or a feed, and a longer run than 64 is no mailbox.
    if (!local || at - start > 64 || (LOCAL.test(text[start - 1] ?? '') && !/[/|*=]/.test(text[start - 1] ?? '')))
      continue
    const email = (domain.includes('.') ? forwards(local, domain) : null) ?? backwards(local, domain)
    if (email) found.push(email)
  }
  return found
}

function forwards(local: string, domain: string): string | null {
  const email = toEmail(local, domain)
  return email && /^[\x21-\x7e]+$/.test(email.slice(0, email.indexOf('@'))) ? email : null
}

/** "moc.elpmaxe@eman", turned round on screen by CSS: believed only because forwards it has no real domain. */
function backwards(local: string, domain: string): string | null {
  if (!local.includes('.') || !domain) return null
  return forwards(reverse(domain), reverse(local))
}

const reverse = (text: string): string => [...text].reverse().join('')

const OPEN = '[\\[({<|*_]'
const SHUT = '[\\])}>|*_]'
const AT_WORD = '(?:at|ät|arroba|chez|chiocciola|apenstaartje|klammeraffe|@)'
const DOT_WORD = '(?:dot|punkt|punt|point|punto|\\.)'
const BRACKETED_AT = new RegExp(`\\s{0,2}${OPEN}{1,2}\\s?${AT_WORD}\\s?${SHUT}{1,2}\\s{0,2}`, 'gi')
const BRACKETED_DOT = new RegExp(`\\s{0,2}${OPEN}{1,2}\\s?${DOT_WORD}\\s?${SHUT}{1,2}\\s{0,2}`, 'gi')
/** "name AT acme DOT com": both words, or AT in capitals before a dotted domain. */
const SPOKEN =
  /([\w.+-]{1,64}) (?:at|arroba|ät) ([\w-]{1,63}(?: (?:dot|punkt|punto|point|punt) [\w-]{2,63}){1,4})(?![\w@])/gi
const CAPITAL_AT = /\b([a-z0-9][a-z0-9.+-]{0,63}) AT ([a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{2,63}){1,4})\b/g
/** "name @ acme.com", "name@ acme . com" */
const SPACED = /([a-z0-9][a-z0-9._+-]{1,63}) ?@ ?([a-z0-9][a-z0-9-]{0,62}(?: ?\. ?[a-z0-9-]{2,63}){1,3})(?![\w@])/gi

/** Rewrites the usual disguises into a plain address; text without one comes back as it was. */
export function unmask(text: string): string {
  let out = text
  if (/[\[({<|*_]\s?(?:at|ät|arroba|chez|chiocciola|apenstaartje|klammeraffe|@)\s?[\])}>|*_]/i.test(out)) {
    out = out
      .replace(BRACKETED_AT, '@')
      .replace(BRACKETED_DOT, '.')
      .replace(/(@[\w-]{1,63}) (?:dot|punkt|punto|point|punt) ([\w-]{2,63})/gi, '$1.$2')
  } else if (/[\[({<|*_]\s?(?:dot|punkt|punto|point)\s?[\])}>|*_]/i.test(out)) {
    out = out.replace(BRACKETED_DOT, '.').replace(/([\w.+-]{1,64}) at ([\w-]{1,63}\.[\w.-]{2,63})/gi, '$1@$2')
  }
  out = out.replace(
    SPOKEN,
    (_, local: string, domain: string) => `${local}@${domain.replace(/ (?:dot|punkt|punto|point|punt) /gi, '.')}`,
  )
  out = out.replace(CAPITAL_AT, '$1@$2')
  if (out.includes('@')) {
    out = out.replace(SPACED, (whole: string, local: string, domain: string) => {
      // "Follow us @ acme.com" is a sentence: a lone @ counts only for a desk, or where the line speaks of mail.
      if (/[ ]@|@[ ]/.test(whole) && !isRole(`${local.toLowerCase()}@`) && !/mail/i.test(text)) return whole
      const dotted = domain.replace(/ /g, '')
      // "Lunch @ noon. See you": a space before or behind the dot is a sentence unless nothing else is a word there.
      return / \.|\. /.test(domain) && !/ \. /.test(domain) ? whole : `${local}@${dotted}`
    })
  }
  return out
}

const LITERAL = /(["'])((?:(?!\1)[^\\\n]){0,300})\1/g
const NAMED = /\b(?:var|let|const)?\s?([a-z_$][\w$]{0,30}) ?= ?(["'])((?:(?!\2)[^\\\n]){0,200})\2/gi

/**
 * The address a short script glues together: `document.write("name" + "@" + host)`. String constants given to a name
 * are put in its place, then neighbouring pieces are joined. Nothing is run.
 */
export function addressesInScript(source: string): string[] {
  if (!/document\s*\.\s*write|innerHTML|mailto/i.test(source) || source.length > 4_000) return []
  const constants = new Map<string, string>()
  for (const match of source.matchAll(NAMED)) constants.set(match[1] ?? '', match[3] ?? '')
  const found = new Set<string>()
  for (const statement of source.split(/[;\n]/)) {
    if (!statement.includes('+')) continue
    const pieces: string[] = []
    for (const term of statement.split('+')) {
      const literal = [...term.matchAll(LITERAL)].map((match) => match[2] ?? '').join('')
      const name = /(?<![\w$])[a-z_$][\w$]*$/i.exec(withoutEnd(term.slice(-60), /[\s)]/))?.[0]
      pieces.push(literal || (name && constants.get(name)) || (/["']/.test(term) ? '' : '\u0000'))
    }
    const joined = pieces
      .join('')
      .replace(/&#64;|&#x40;/gi, '@')
      .replace(/<[^<>]{0,300}>/g, ' ')
      .replace(/mailto:/g, ' ')
    for (const email of plainAddresses(joined)) found.add(email)
  }
  return [...found]
}
