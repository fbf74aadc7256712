/** At most `size` at once for each key; the others wait in line. */
export const createSlots = () => {
  const busy = new Map<string, { taken: number; waiting: (() => void)[] }>()
  return async <Value>(key: string, size: number, work: () => Promise<Value>): Promise<Value> => {
    const slot = busy.get(key) ?? { taken: 0, waiting: [] }
    busy.set(key, slot)
    if (slot.taken >= size) await new Promise<void>((resolve) => slot.waiting.push(resolve))
    else slot.taken++
    try {
      return await work()
    } finally {
      const next = slot.waiting.shift()
      if (next) next()
      else if (--slot.taken === 0) busy.delete(key)
    }
  }
}

export type Slots = ReturnType<typeof createSlots>
