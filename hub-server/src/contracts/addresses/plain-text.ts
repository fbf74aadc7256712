import { withoutEnds } from '../text/trim.ts'

/** Letters that nobody sees: soft hyphens, zero-width spaces and joiners, marks of direction, byte order marks. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu

/** What people and programs put around an address: brackets, quotation marks, commas, spaces. */
const around = /[\s<>()[\]"'“”‘’«»,;]/

/** Longer than any address: such a text is none. */
const longest = 2000

/** A text without invisible letters, and full-width ones as usual ones. */
export const visibleText = (text: string): string =>
  text.length > longest ? '' : text.replace(unseen, '').normalize('NFKC').replaceAll('。', '.').trim()

/** A text as addresses are read from it: visible, and bare of what stands around it. */
export const plainText = (text: string): string => withoutEnds(visibleText(text), around)

/** Percent-encoded letters as themselves; a text that is not encoded rightly stays as it is. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (thrown) {
    if (thrown instanceof URIError) return text
    throw thrown
  }
}
