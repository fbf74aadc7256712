/** Calls in the fullest window of that length, as a vendor counts who keeps an exact sliding window. */
export const mostInAny = (times: readonly number[], windowMs: number): number => {
  const sorted = [...times].sort((a, b) => a - b)
  let most = 0
  for (let first = 0, last = 0; last < sorted.length; last++) {
    while ((sorted[last] ?? 0) - (sorted[first] ?? 0) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
