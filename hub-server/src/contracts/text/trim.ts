/**
 * A pattern such as /[,.]+$/ begins anew at each comma of a run that ends in something else: a text of 100,000 commas
 * takes it seconds. These go through the text once.
 */

/** @param char a pattern for one character, without flags that remember where it was (g, y) */
export const withoutStart = (text: string, char: RegExp): string => {
  let from = 0
  while (from < text.length && char.test(text.charAt(from))) from++
  return text.slice(from)
}

/** @param char as for {@link withoutStart} */
export const withoutEnd = (text: string, char: RegExp): string => {
  let to = text.length
  while (to > 0 && char.test(text.charAt(to - 1))) to--
  return text.slice(0, to)
}

/** @param char as for {@link withoutStart} */
export const withoutEnds = (text: string, char: RegExp): string => withoutEnd(withoutStart(text, char), char)

/** What stands before a mark; the whole text where it does not. */
export const before = (text: string, mark: string): string => {
  const at = text.indexOf(mark)
  return at < 0 ? text : text.slice(0, at)
}
