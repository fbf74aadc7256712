/** Time passes only when it is waited for. */
export const virtualClock = () => {
  let now = 0
  const sleepers: { at: number; wake: () => void }[] = []
  return {
    now: () => now,
    sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ at: now + ms, wake })),
    run: async (until: number) => {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve))
        sleepers.sort((a, b) => a.at - b.at)
        const next = sleepers[0]
        if (!next || next.at > until) break
        sleepers.shift()
        now = Math.max(now, next.at)
        next.wake()
      }
      now = until
    },
  }
}
