/** Who waits, in lines of their own: who → their works, each line in the order of coming. */
type Lines = Map<string, (() => void)[]>

/** At most `size` at once for each key; the others wait, and are served in turn by who they are. */
export const createSlots = () => {
  const busy = new Map<string, { taken: number; size: number; lines: Lines }>()

  /** @param who whose work it is, e.g. the run: one with many works does not hold up one with few */
  return async <Value>(key: string, size: number, work: () => Promise<Value>, who = ''): Promise<Value> => {
    const slot = busy.get(key) ?? { taken: 0, size, lines: new Map() }
    busy.set(key, slot)
    slot.size = size
    if (slot.taken >= size) await new Promise<void>((resolve) => void slot.lines.set(who, [...(slot.lines.get(who) ?? []), resolve]))
    else slot.taken++
    try {
      return await work()
    } finally {
      slot.taken--
      for (let next = slot.taken < slot.size && nextOf(slot.lines); next; next = slot.taken < slot.size && nextOf(slot.lines)) {
        slot.taken++
        next()
      }
      if (slot.taken === 0) busy.delete(key)
    }
  }
}

/** The first of the line whose turn it is; that line goes to the end. */
const nextOf = (lines: Lines): (() => void) | undefined => {
  const [first] = lines
  if (!first) return undefined
  const [who, line] = first
  const next = line.shift()
  lines.delete(who)
  if (line.length > 0) lines.set(who, line)
  return next
}

export type Slots = ReturnType<typeof createSlots>
