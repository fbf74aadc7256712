/** A mistake in a connector, so that whoever wrote it can correct it: where, what, and what to write instead. */
export interface Problem {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  readonly message: string
  readonly instead: string
}

export type Path = readonly (string | number)[]

/** Tells of a mistake at a place in the manifest. `within`: characters into an expression, from 1. */
export type Report = (path: Path, message: string, instead: string, at?: { within?: number; key?: string }) => void

/** Longer words are not compared: each pair of letters is. */
const longestWord = 100

/** The known word that was probably meant, when one is near enough. */
export const didYouMean = (word: string, known: readonly string[]): string | null => {
  if (word.length > longestWord) return null
  const near = known
    .map((candidate) => ({ candidate, distance: distanceOf(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return near && near.distance <= Math.max(1, Math.floor(word.length / 3)) ? near.candidate : null
}

/** "Did you mean x?", or the list of what there is. */
export const suggestion = (word: string, known: readonly string[]): string => {
  const meant = didYouMean(word, known)
  return meant ? `Did you mean "${meant}"?` : `Write one of: ${known.join(', ')}.`
}

/** Levenshtein's distance. */
const distanceOf = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, position) => position)
  for (let i = 1; i <= a.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(swap, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
  }
  return row[b.length] ?? a.length
}
