/** Calls counted by parts of the window: part number → calls. Never more parts than {@link parts} and those ahead. */
export type Window = Map<number, number>

/** Parts of a window. A call counts until the last moment of its part has left: 1 % of the window too long at most. */
export const parts = 100

interface Quota {
  readonly calls: number
  readonly perMs: number
}

/** When the next call fits; forgets the parts that have left the window. */
export const freeAt = (window: Window, { calls, perMs }: Quota, now: number): number => {
  const width = perMs / parts
  const oldest = Math.floor((now - perMs) / width)
  for (const part of window.keys()) if (part < oldest) window.delete(part)
  let left = countOf(window)
  let at = now
  for (const part of [...window.keys()].sort((a, b) => a - b)) {
    if (left < calls) break
    left -= window.get(part) ?? 0
    at = Math.max(now, (part + 1) * width + perMs)
  }
  return at
}

export const countAt = (window: Window, { perMs }: Quota, at: number): void => {
  const part = Math.floor(at / (perMs / parts))
  window.set(part, (window.get(part) ?? 0) + 1)
}

export const countOf = (window: Window): number => [...window.values()].reduce((sum, calls) => sum + calls, 0)
