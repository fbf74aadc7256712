import { rounded } from '../shared/figures.ts'
import { median } from '../shared/processes.ts'
import { watchMemory } from './memory.ts'
import type { Place } from './place.ts'
import { percentTimes, type Progress } from './progress.ts'
import { csvOf, options, readAll, whenDone } from './run.ts'
import { askSmall } from './small.ts'

const timesAlone = 9
/** Shares of the run at which a small request comes; not in the tenths that are compared. */
const moments = (): number[] => Array.from({ length: 13 }, (_, at) => 0.25 + at * 0.05)

/** What a large run came to, and small ones meanwhile. */
export const measureLargeRun = async ({ hub }: Place, takeMails: (count: number) => string[], items: number) => {
  const small = () => askSmall(hub.client, takeMails(100))
  for (let warming = 0; warming < 3; warming++) await small()
  const alone: number[] = []
  for (let time = 0; time < timesAlone; time++) alone.push(await small())

  const memory = watchMemory(hub.memory)
  const began = performance.now()
  const { data } = await hub.client.post('/v1/runs', csvOf(takeMails, items), {
    params: { block: 'verify-email', options: JSON.stringify(options) },
    headers: { 'content-type': 'text/csv' },
  })
  const accepted = performance.now()
  const atRest = memory.highest()

  const progress: Progress[] = [{ at: accepted, seen: 0 }]
  const during: number[] = []
  const left = moments()
  let asking: Promise<unknown> = Promise.resolve()
  const ended = await whenDone(hub.client, data.run.id, (seen) => {
    progress.push({ at: performance.now(), seen })
    while ((left[0] ?? Infinity) <= seen / items) {
      left.shift()
      asking = asking.then(async () => during.push(await small()))
    }
  })
  const done = performance.now()
  await asking
  const whileItRan = memory.highest()
  const read = await readAll(hub.client, data.run.id)
  const memoryMb = memory.stop()
  if (ended.items.done !== items || read !== items)
    throw new Error(
      `${ended.items.done} of ${items} were verified, ${read} results were read: ${JSON.stringify(ended.items)}`,
    )
  if (ended.usage.cached > 0) throw new Error(`${ended.usage.cached} addresses were not distinct`)

  return {
    acceptedSeconds: rounded((accepted - began) / 1000, 1),
    workedSeconds: rounded((done - accepted) / 1000, 1),
    memoryMb: rounded(memoryMb),
    memoryWhileAcceptedMb: rounded(atRest),
    memoryWhileItRanMb: rounded(whileItRan),
    itemsPerSecond: rounded((items / (done - began)) * 1000),
    itemsPerSecondWorking: rounded((items / (done - accepted)) * 1000),
    ...evennessOf(progress, items),
    aloneMs: rounded(median(alone)),
    duringMs: rounded(median(during)),
    times: during.length,
    fairness: rounded(median(during) / median(alone), 2),
    worst: rounded(Math.max(...during) / median(alone), 2),
  }
}

/** Items a second in each tenth, and the median hundredth of the last tenth by that of the second. */
const evennessOf = (progress: readonly Progress[], items: number) => {
  const hundredths = percentTimes(progress, items)
  const tenth = (number: number): number[] => hundredths.slice(number * 10, number * 10 + 10)
  const perSecond = Array.from({ length: 10 }, (_, number) =>
    rounded((items / 10 / tenth(number).reduce((sum, ms) => sum + ms, 0)) * 1000),
  )
  return { perSecond, evenness: rounded(median(tenth(9)) / median(tenth(1)), 2) }
}
