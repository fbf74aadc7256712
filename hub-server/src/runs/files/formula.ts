/**
 * A cell's text that no spreadsheet takes for a formula: a ' in front when it begins like one
 * (https://owasp.org/www-community/attacks/CSV_Injection; the wide signs are turned into plain ones by some).
 * Numbers and phone numbers (+ and digits) stay as they are.
 */
export const harmless = (text: string): string => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) && !/^[+-]?\d+([.,]\d+)?$/.test(text) ? `'${text}` : text)
