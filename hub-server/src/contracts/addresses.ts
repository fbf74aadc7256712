/** An e-mail address as it is compared: trimmed, lower case, Unicode composed. A `+tag` stays: it may be another mailbox. */
export const normalEmail = (email: string): string => email.trim().toLowerCase().normalize('NFC')

/** `in/anna-berg` of any spelling of a profile's address; undefined if it is not one. */
export const linkedinHandle = (address: string): string | undefined => {
  const found = /linkedin\.com\/(in|pub|company)\/([^/?#\s]+)/i.exec(address)
  return found?.[1] && found[2] ? `${found[1].toLowerCase()}/${decodeSafely(found[2]).toLowerCase()}` : undefined
}

/** The e-mail addresses in a header such as To: one or many, with or without names. */
export const addressesIn = (header: string): string[] => header.split(/[\s<>,;:()]+/).filter((part) => part.includes('@'))

const decodeSafely = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch (thrown) {
    if (thrown instanceof URIError) return part
    throw thrown
  }
}
