/** What runs one after another under the same name, in this process. */
const tails = new Map<string, Promise<unknown>>()

/** Runs `work` when all earlier work of the same name is finished, whether it went well or not. */
export const inSeries = <Out>(name: string, work: () => Promise<Out>): Promise<Out> => {
  const before = tails.get(name) ?? Promise.resolve()
  const now = before.then(work, work)
  const tail = now.then(
    () => undefined,
    () => undefined,
  )
  tails.set(name, tail)
  void tail.then(() => {
    if (tails.get(name) === tail) tails.delete(name)
  })
  return now
}

/** Does all the work, at most so many at once. */
export const atMost = async (concurrency: number, work: readonly (() => Promise<void>)[]): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let job = work[next++]; job; job = work[next++]) await job()
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, work.length) }, worker))
}
