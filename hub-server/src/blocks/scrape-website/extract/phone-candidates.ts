/** A stretch of text that may be a telephone number. */
export interface PhoneCandidate {
  /** the number as written, vanity letters kept */
  text: string
  start: number
  end: number
  extension?: string
}

/**
 * Digits with at most four separators in a row between them. Every step eats a digit or a separator, and neither can be
 * taken for the other, so the time grows with the length of the text. A word may run into the number ("Telephone020
 * …"), a lone letter or a capital may not: that is a part number.
 */
const DIGITS = /(?<![\d_@#$€£%]|(?<![a-z])[a-z]|[A-Z])[+(]{0,2} ?\d(?:[ ().\-/–‑·•]{0,4}\d){5,34}\)?/g
/**
 * "1-800-FLOWERS", "(520) 494 STAR": an area code, then seven letters and digits of which three at least are letters.
 */
const VANITY = new RegExp(
  String.raw`(?<![\w.-])(?:\+?1[ .-]?)?\(?[2-9]\d\d\)?[ .-]{0,2}(?=[A-Z0-9. -]{7,14})(?:\d{3}[ .-]?[A-Z]{4}|` +
    String.raw`[A-Z]{3}[ .-]?[A-Z]{4}|[A-Z]{2,7}[ .-]?\d{1,4}|\d{1,4}[ .-]?[A-Z]{3,6}|[A-Z]{7,9}|` +
    String.raw`[A-Z]{4}[ .-]?[A-Z]{3})(?![A-Za-z])`,
  'g',
)
const EXTENSION = /^[\s,;]{0,3}(?:ext(?:ension|n)?|x|durchwahl|dw|poste|interno|toestel|#)[\s.:#]{0,3}(\d{1,6})(?!\d)/i

/** All stretches of a line that may be numbers; whether they are is for the caller to find out. */
export function phoneCandidates(text: string): PhoneCandidate[] {
  const found: PhoneCandidate[] = []
  for (const match of text.matchAll(DIGITS)) {
    const end = match.index + match[0].length
    // A letter right behind the digits: a part number, unless it is an extension's x.
    const extension = EXTENSION.exec(text.slice(end, end + 24))?.[1]
    found.push({ text: match[0], start: match.index, end, ...(extension ? { extension } : {}) })
  }
  for (const match of text.matchAll(VANITY)) {
    const letters = match[0].replace(/[^A-Z]/g, '').length
    if (letters < 3) continue
    found.push({ text: match[0], start: match.index, end: match.index + match[0].length })
  }
  return found
}

const KEYS: Record<string, string> = {}
;['ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ'].forEach((letters, index) => {
  for (const letter of letters) KEYS[letter] = String(index + 2)
})

/**
 * Letters to the digits on whose key they stand (ITU-T E.161); a vanity number's surplus letters are cut, as an
 * exchange does.
 */
export function dialVanity(text: string): string {
  const digits = text.replace(/[A-Z]/g, (letter) => KEYS[letter] ?? '').replace(/\D/g, '')
  return digits.startsWith('1') ? digits.slice(0, 11) : digits.slice(0, 10)
}
