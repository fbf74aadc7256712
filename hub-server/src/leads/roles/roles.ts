import { besideRoles, roleWords } from './roleWords.ts'

/** Short words that may begin or end a run of them: allstaff, webteam. */
const shortInside = new Set(['all', 'web', 'dev', 'our', 'the'])

/** Words too short, or too common inside names, to be trusted where nothing separates them. */
const SHORTEST_INSIDE = 4

/** Words without separators: customersupport is customer and support. */
const isRunTogether = (text: string): boolean => {
  // reached[n]: the first n letters can be read as words; longest names are 64 letters, so this stays small.
  const reached = [true, ...Array<boolean>(text.length).fill(false)]
  for (let start = 0; start < text.length; start++) {
    if (!reached[start]) continue
    for (let end = start + SHORTEST_INSIDE - 1; end <= text.length; end++) {
      const word = text.slice(start, end)
      if (word.length < SHORTEST_INSIDE ? shortInside.has(word) && word !== text : roleWords.has(word))
        reached[end] = true
    }
  }
  return reached[text.length] ?? false
}

const isRoleWord = (word: string): boolean => roleWords.has(word) || isRunTogether(word)

/** ü as ue where Germans write it so, other accents dropped. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[äöü]/g, (letter) => ({ ä: 'ae', ö: 'oe' })[letter] ?? 'ue')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')

/** Characters of a local part: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.1, with room for quotes. */
const longest = 100

/**
 * Whether the part before the @ names a function (info, sales-uk, kundenservice, customersupport2) rather than a
 * person. What follows a + is ignored.
 */
export const isRoleName = (local: string): boolean => {
  if (local.length > longest) return false
  const name = plain((local.split('+')[0] ?? '').replaceAll('"', ''))
  const whole = name.replace(/[._-]/g, '')
  if (roleWords.has(whole)) return true
  if (/(?:^|[._-])(?:no|do-?not|dont)[._-]?reply(?:$|[^a-z])/.test(name)) return true
  const parts = name.split(/[._\-\d]+/).filter(Boolean)
  if (parts.length === 0) return name !== ''
  return parts.some(isRoleWord) && parts.every((part) => isRoleWord(part) || besideRoles.has(part))
}
