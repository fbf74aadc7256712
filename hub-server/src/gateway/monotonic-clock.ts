import type { Clock } from './rate-store/rate-store.ts'

/** The same clock, but it never goes back: where the other is set back, time goes on from where it was. */
export const monotonic = (clock: Clock): Clock => {
  let last = -Infinity
  let added = 0
  return {
    sleep: clock.sleep,
    now: () => {
      const now = clock.now() + added
      if (now < last) added += last - now
      return (last = Math.max(last, now))
    },
  }
}
