import { asciiDomain } from './domain.ts'
import { decoded, plainText } from './plain-text.ts'

/**
 * An e-mail address as it is kept and compared, whatever its spelling: lower case, the domain in ASCII, nothing around
 * it and nothing invisible in it. A `+tag` stays: it may be another mailbox. Undefined for what is no address.
 */
export const emailAddress = (text: string): string | undefined => {
  const shown = plainText(text)
  const bare = shown.includes('<') ? plainText(shown.slice(shown.lastIndexOf('<'))) : shown
  const address = /^mailto:/i.test(bare) ? decoded(bare.slice('mailto:'.length).split('?')[0] ?? '') : bare
  const lower = address.toLowerCase().normalize('NFC')
  const at = lower.lastIndexOf('@')
  const local = lower.slice(0, Math.max(at, 0))
  const domain = asciiDomain(lower.slice(at + 1))
  return domain !== undefined && /^[^\s@<>,;]+$/.test(local) ? `${local}@${domain}` : undefined
}

/** The e-mail addresses in a header such as To: one or many, with or without names. */
export const addressesIn = (header: string): string[] =>
  header.split(/[\s<>,;:()]+/).filter((part) => part.includes('@'))
