/** A clock that sleeping puts forward; `slept` has the milliseconds of each. */
export const clockAt = (ms: number) => {
  const slept: number[] = []
  const clock = { ms }
  const sleep = (sleepMs: number): Promise<void> => {
    slept.push(sleepMs)
    clock.ms += sleepMs
    return Promise.resolve()
  }
  return { slept, clock, now: () => clock.ms, sleep }
}
