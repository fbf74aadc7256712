/** What begins a formula; the wide signs are turned into plain ones by some spreadsheets. */
const signs = '=+\\-@＝＋－＠'
/** What some pass over at the beginning of a cell; tabs and line ends are of these. */
const passedOver = '\\s\\u200b\\u2060\\ufeff\\0'

const anySign = new RegExp(`[${signs}]`)
const atBeginning = new RegExp(`^(?:[${passedOver}]*[${signs}]|[\\t\\r\\n])`)
/** All that stands between a cell's end and the next one's sign; from its first character on, so that it is linear. */
const beforeSign = new RegExp(`(?<![${passedOver},;"])[${passedOver},;"]+(?=[${signs}])`, 'g')
const separator = /[,;\t\r\n]/

/**
 * A cell's text that no spreadsheet takes for a formula: a ' in front when it begins like one, and within it wherever
 * a spreadsheet that separates cells by another sign, as its country does, would find a cell that does
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 * Numbers and phone numbers stay as they are: there is nothing in them that a spreadsheet could call or send.
 */
export const harmless = (text: string): string => {
  if (!anySign.test(text) && !atBeginning.test(text)) return text
  if (isNumber(text) || arePhones(text)) return text
  const within = text.replace(beforeSign, (run: string, at: number) =>
    separator.test(run) && isFormula(cellAt(text, at + run.length)) ? `${run}'` : run,
  )
  return atBeginning.test(within) ? `'${within}` : within
}

/** The cell that would begin here, were it cut off at the next separator. */
const cellAt = (text: string, from: number): string => {
  const rest = text.slice(from, from + longestCell)
  const end = rest.search(separator)
  return (end < 0 ? rest : rest.slice(0, end)).trim()
}

/** A spreadsheet's own bound, in characters: a longer cell is none. */
const longestCell = 32_767

/** A list has dashes, a message names people with an @: they are formulas when they call, send or compare. */
const isFormula = (cell: string): boolean =>
  /^[=＝]/.test(cell) || (/[(|!=＝]/.test(cell) && !isNumber(cell) && !isPhone(cell))

const isNumber = (text: string): boolean => /^[+-]?\d+([.,]\d+)?$/.test(text)

/** One, or several as a list is written into a cell. */
const arePhones = (text: string): boolean => text.split('; ').every(isPhone)

/** The signs that people write into numbers (E.123), seven to fifteen digits (E.164), and an extension. */
const isPhone = (text: string): boolean => {
  if (text.length > 60) return false
  const [, number] = /^(\+[\d ()./\u00a0-]+?)(?: ?(?:ext\.?|x|#) ?\d{1,7})?$/i.exec(text) ?? []
  const digits = number?.replace(/\D/g, '').length ?? 0
  return digits >= 7 && digits <= 15
}
