const titles = new RegExp(
  String.raw`^(?:mr|mrs|ms|miss|dr|prof|professor|herr|frau|dipl|ing|mag|sir|dame|m|mme|mlle|sr|sra|dott|` +
    String.raw`dottssa|ir|drs|rev|hon|phd|md|mba|msc|bsc|cpa|esq|jr|ii|iii)$`,
)

/** The parts of a name that tell people apart: lower case, without accents, titles and initials' dots. */
export const nameParts = (name: string): string[] =>
  name
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '' && !titles.test(part))

/** Whether two names may be one person's: "Anna M. Schmidt", "Anna Schmidt", "Schmidt, Anna". */
export const sameName = (a: string, b: string): boolean => {
  const [short, long] = [nameParts(a), nameParts(b)].sort((one, other) => one.length - other.length)
  if (!short || !long || short.length === 0) return false
  if (short.length === 1) return long.length === 1 && short[0] === long[0]
  const rest = long.filter((part) => !short.includes(part))
  return short.every((part) => long.includes(part)) && rest.every((part) => part.length === 1 || long.length > 2)
}

/** Whether the names do not contradict each other: one may be the other's first or last name alone. */
export const mayBeSameName = (a: string, b: string): boolean => {
  const other = new Set(nameParts(b))
  return (
    other.size === 0 || nameParts(a).length === 0 || nameParts(a).some((part) => part.length > 1 && other.has(part))
  )
}

const german: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue' }
const umlauts = (name: string): string => name.toLowerCase().replace(/[äöü]/g, (letter) => german[letter] ?? letter)

const patterns = (first: string, last: string): string[] => {
  const [f = '', l = ''] = [first[0], last[0]]
  return [first + last, last + first, f + last, last + f, first + l, last]
}

/**
 * Whether an address was made from a name: anna.schmidt, aschmidt, schmidt.a, mueller for Müller.
 * @param local the part before the @, lower case
 */
export const isMadeFrom = (local: string, name: string): boolean => {
  const written = (local.split('+')[0] ?? '').replace(/[._-]/g, '')
  return [name, umlauts(name)].some((spelling) => {
    const parts = nameParts(spelling)
    const [first, last] = [parts[0], parts.at(-1)]
    if (!first || !last || parts.length < 2) return false
    return patterns(first, last).some((pattern) => pattern.length >= 3 && pattern === written)
  })
}
