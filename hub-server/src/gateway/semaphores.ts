import { HubError } from '../contracts/errors.ts'

/** Who waits, in lines of their own: who → their works, each line in the order of coming. */
type Lines = Map<string, Set<() => void>>

/** At most `size` at once for each key; the others wait, and are served in turn by who they are. */
export const createSemaphores = () => {
  const busy = new Map<string, { taken: number; size: number; lines: Lines }>()

  /**
   * @param who whose work it is, e.g. the run: one with many works does not hold up one with few
   * @param stop who still waits then does not wait for the others' works any longer
   * @throws HubError cancelled when the stop comes before its turn; what the work throws
   */
  return async <Value>(
    key: string,
    size: number,
    work: () => Promise<Value>,
    who = '',
    stop?: AbortSignal,
  ): Promise<Value> => {
    const slot = busy.get(key) ?? { taken: 0, size, lines: new Map() }
    busy.set(key, slot)
    slot.size = size
    if (slot.taken >= size) await turnIn(slot.lines, who, stop)
    else slot.taken++
    try {
      return await work()
    } finally {
      slot.taken--
      for (
        let next = slot.taken < slot.size && nextOf(slot.lines);
        next;
        next = slot.taken < slot.size && nextOf(slot.lines)
      ) {
        slot.taken++
        next()
      }
      if (slot.taken === 0) busy.delete(key)
    }
  }
}

/** Until it is served. */
const turnIn = (lines: Lines, who: string, stop: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const line = lines.get(who) ?? new Set()
    const leave = (): void => {
      line.delete(enter)
      if (line.size === 0) lines.delete(who)
      reject(new HubError('cancelled', 'The run was stopped before this call was made.'))
    }
    const enter = (): void => {
      stop?.removeEventListener('abort', leave)
      resolve()
    }
    lines.set(who, line.add(enter))
    if (stop?.aborted) leave()
    else stop?.addEventListener('abort', leave, { once: true })
  })

/** The first of the line whose turn it is; that line goes to the end. */
const nextOf = (lines: Lines): (() => void) | undefined => {
  const [first] = lines
  if (!first) return undefined
  const [who, line] = first
  const [next] = line
  if (next) line.delete(next)
  lines.delete(who)
  if (line.size > 0) lines.set(who, line)
  return next
}

export type Semaphores = ReturnType<typeof createSemaphores>
