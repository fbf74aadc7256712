import type { RateLimiter, Rate } from '../rate-limiter.ts'

/** Takes a slot and waits until the call may leave; it is answered at once. */
export const goWith = async (
  limiter: RateLimiter | undefined,
  account: string,
  rates: readonly Rate[],
  signal: AbortSignal,
): Promise<void> => {
  if (!limiter) throw new Error('there is no such limiter')
  const permit = await limiter.take(account, rates, signal)
  await permit.due()
  await permit.leave()
  permit.answered()
}
