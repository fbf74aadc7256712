export interface Lru<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
}

/** A map that forgets what was used longest ago once the sum of `sizeOf` passes `max`. */
export const createLru = <Value>(max: number, sizeOf: (value: Value) => number = () => 1): Lru<Value> => {
  const entries = new Map<string, Value>()
  let size = 0

  const forget = (key: string) => {
    const value = entries.get(key)
    if (value === undefined) return
    size -= sizeOf(value)
    entries.delete(key)
  }

  return {
    get(key) {
      const value = entries.get(key)
      if (value === undefined) return undefined
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set(key, value) {
      forget(key)
      const added = sizeOf(value)
      if (added > max) return
      entries.set(key, value)
      size += added
      for (const oldest of entries.keys()) {
        if (size <= max) break
        forget(oldest)
      }
    },
    delete: forget,
  }
}
