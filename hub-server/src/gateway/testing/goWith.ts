import type { Limiter, Rate } from '../limiter.ts'

/** Takes a place and waits until the call may leave; it is answered at once. */
export const goWith = async (
  limiter: Limiter | undefined,
  place: string,
  rates: readonly Rate[],
  signal: AbortSignal,
): Promise<void> => {
  if (!limiter) throw new Error('there is no such limiter')
  const permit = await limiter.take(place, rates, signal)
  await permit.due()
  await permit.leave()
  permit.answered()
}
