/** So many items had a result at that moment, in milliseconds. */
export interface Progress {
  readonly at: number
  readonly seen: number
}

/** Milliseconds that each hundredth of the items took; between two looks items are taken to come evenly. */
export const percentTimes = (progress: readonly Progress[], items: number): number[] => {
  const moments = Array.from({ length: 101 }, (_, percent) => momentOf(progress, (items * percent) / 100))
  return moments.slice(1).map((at, percent) => at - (moments[percent] ?? 0))
}

const momentOf = (progress: readonly Progress[], seen: number): number => {
  const next = progress.findIndex((look) => look.seen >= seen)
  const [before, after] = [progress[next - 1], progress[next]]
  if (!after) throw new Error(`nobody saw ${seen} items done`)
  if (!before) return after.at
  return before.at + ((after.at - before.at) * (seen - before.seen)) / (after.seen - before.seen)
}
