import type { ClaimScope, Claims } from '../claims.ts'

export interface ClaimedQuestion<Answer> {
  readonly claims: Claims
  readonly place: ClaimScope
  /** Kept answers, by key; those of other processes among them. */
  readonly read: (keys: readonly string[]) => Promise<Map<string, Answer>>
  /** Asks, and keeps what it is told; by key. */
  readonly ask: (keys: readonly string[]) => Promise<Map<string, Answer>>
  /** Called once for each key, as soon as its answer is there. */
  readonly land: (key: string, answer: Answer) => void
  /** Rejects when it is no longer wanted. */
  readonly sleep: (ms: number) => Promise<void>
}

const lookMs = 150

/**
 * Asks what no other process is asking; what another asks is waited for and read when it is kept. If the other failed,
 * or died, it is asked here.
 * @throws HubError unavailable when the database is away; whatever read, ask or sleep throw
 */
export const askClaimed = async <Answer>(
  { claims, place, read, ask, land, sleep }: ClaimedQuestion<Answer>,
  keys: readonly string[],
): Promise<void> => {
  const landKept = async (among: readonly string[]): Promise<string[]> => {
    const kept = await read(among)
    for (const [key, answer] of kept) land(key, answer)
    return among.filter((key) => !kept.has(key))
  }

  const open = new Set(keys)
  const askWhatIsFree = async (free: readonly string[]): Promise<void> => {
    const mine = await claims.claim(place, free)
    if (mine.length === 0) return
    try {
      // Another process may have kept an answer after it was looked for and before this claim.
      const left = await landKept(mine)
      if (left.length > 0) for (const [key, answer] of await ask(left)) land(key, answer)
    } finally {
      await claims.release(place, mine)
    }
    for (const key of mine) open.delete(key)
  }

  await askWhatIsFree(keys)
  while (open.size > 0) {
    await sleep(lookMs)
    const free = await claims.free(place, [...open])
    if (free.length === 0) continue
    const left = await landKept(free)
    for (const key of free) open.delete(key)
    for (const key of left) open.add(key)
    if (left.length > 0) await askWhatIsFree(left)
  }
}
