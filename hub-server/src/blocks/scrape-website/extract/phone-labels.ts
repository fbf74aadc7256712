import type { PhoneCandidate } from './phone-candidates.ts'
import type { Line } from './view.ts'

export type NumberLabel = 'phone' | 'fax' | 'mobile' | 'none'

const FAX = /(?:\b(?:tele)?fax(?:es)?\b|\bfaks\b|\bf(?=[:.] ?$)|\btelefaks\b|\btélécopie\b|\bfx\b)[^\p{L}]{0,20}$/iu
const MOBILE = new RegExp(
  String.raw`(?:\b(?:mob(?:ile|iel|il|iltelefon)?|cell(?:ular|phone)?|handy|gsm|portable|m[oó]vil|cellulare|` +
    String.raw`cel|whatsapp)\b|\bm(?=[:.] ?$))[^\p{L}]{0,20}$`,
  'iu',
)
const PHONE = new RegExp(
  String.raw`(?:\b(?:tel(?:e?(?:phone|fono|foon|fon|efon))?s?|phones?|ph|telefon|telefono|teléfono|téléphone|` +
    String.raw`call|calls|dial|ring|contact|hotline|helpline|fon|rufnummer|toll[ -]?free|freephone|office|text|` +
    String.raw`sms|no|number|numbers|nummer|reservations?|service|switchboard|direct|customer care|us|at|on)\b|` +
    String.raw`\b[tpod](?=[:.] ?$)|☎|✆|📞)[^\p{L}]{0,20}$`,
  'iu',
)
const BOTH = /(?:tel|phone|telefon)\.? ?(?:[/&+]|and|und) ?(?:tele)?fax[^\p{L}]{0,10}$/iu

/** What the words before a number say it is; a short line above counts when the number opens its own. */
export function labelBefore(lines: readonly Line[], index: number, start: number): NumberLabel {
  const line = lines[index]?.text ?? ''
  const before = line.slice(Math.max(0, start - 45), start)
  const own = labelIn(before)
  if (own !== 'none') return own
  if (/\p{L}/u.test(before)) return /\b(?:tel|phone|fax|call|telefon|hotline)\b/i.test(before) ? 'phone' : 'none'
  for (let back = 1; back <= 2 && index - back >= 0; back++) {
    const above = lines[index - back]?.text ?? ''
    if (!above) continue
    return above.length <= 40 ? labelIn(above) : 'none'
  }
  return 'none'
}

function labelIn(text: string): NumberLabel {
  if (BOTH.test(text)) return 'phone'
  if (FAX.test(text)) return 'fax'
  if (MOBILE.test(text)) return 'mobile'
  return PHONE.test(text) ? 'phone' : 'none'
}

const OTHER_LABEL = new RegExp(
  String.raw`(?:\b(?:isbn|issn|ein|vat|abn|acn|kvk|btw|hrb|siret|siren|iban|bic|ust|sku|item|model|part|` +
    String.raw`serial|order|invoice|ref(?:erence)?|license|licence|lic|reg(?:istration|istered)?|company (?:no|` +
    String.raw`number)|charity|account|acct|copyright|version|zip|fein|npi|duns|cin|pan|gst|patent|rc|cif|nif|` +
    String.raw`mwst|steuernummer|handelsregister|po box|p\.? ?o\.? box|box)\b|©|\$|€|£)[^\p{L}]{0,8}(?:no|nr|` +
    String.raw`number|num)?[^\p{L}]{0,6}$`,
  'iu',
)

/** True for dates, prices, coordinates, network addresses and registered numbers. */
export function looksLikeOtherNumber(line: string, candidate: PhoneCandidate, label: NumberLabel): boolean {
  const { text, start, end } = candidate
  const before = line.slice(Math.max(0, start - 40), start)
  const after = line.slice(end, end + 3)
  if (OTHER_LABEL.test(before) || (label === 'none' && /#\s*$/.test(before))) return true
  // "2 3 4 5 6 7 8 9 10": the numbers of pages.
  if ((text.match(/(?<!\d)\d(?!\d)/g)?.length ?? 0) >= 4) return true
  if (/^[%°€$£]|^[a-z]{2}\d|^\w*@/i.test(after)) return true
  if (
    /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\D|$)/.test(text) ||
    /^\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d(?:\D|$)/.test(text)
  )
    return true
  if (/^\(?(?:19|20)\d\d\)? ?[-–/] ?(?:19|20)\d\d$/.test(text)) return true
  // A ZIP code with its four more digits.
  if (/^\d{5}-\d{4}$/.test(text)) return true
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return label === 'none'
  if (/^-?\d{1,3}\.\d{4,}/.test(text)) return true
  return /^\d{1,3}(?:,\d{3})+/.test(text) || /https?:|www\.|\//i.test(before.split(/\s/).at(-1) ?? '')
}
