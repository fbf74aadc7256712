/**
 * A cell's text that no spreadsheet takes for a formula: a ' in front when it begins like one
 * (https://owasp.org/www-community/attacks/CSV_Injection; the wide signs are turned into plain ones by some).
 * Numbers and phone numbers stay as they are: there is nothing in them that a spreadsheet could call or send.
 */
export const harmless = (text: string): string =>
  /^[=+\-@\t\r\n＝＋－＠]/.test(text) && !isNumber(text) && !arePhones(text) ? `'${text}` : text

const isNumber = (text: string): boolean => /^[+-]?\d+([.,]\d+)?$/.test(text)

/** One, or several as a list is written into a cell. */
const arePhones = (text: string): boolean => text.split('; ').every(isPhone)

/** The signs that people write into numbers (E.123), seven to fifteen digits (E.164), and an extension. */
const isPhone = (text: string): boolean => {
  const [, number] = /^(\+[\d ()./\u00a0-]+?)(?: ?(?:ext\.?|x|#) ?\d{1,7})?$/i.exec(text) ?? []
  const digits = number?.replace(/\D/g, '').length ?? 0
  return digits >= 7 && digits <= 15
}
