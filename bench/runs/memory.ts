const everyMs = 1000

/** Looks each second what `memory` counts. */
export const watchMemory = (memory: () => number) => {
  let most = memory()
  const look = (): number => (most = Math.max(most, memory()))
  const timer = setInterval(look, everyMs)
  return {
    /** The highest so far. */
    highest: look,
    stop: (): number => {
      clearInterval(timer)
      return look()
    },
  }
}
