import { startWorld, type Wanted, type World } from '../n8n/world.ts'
import { mailsFrom } from '../runs/small.ts'
import { rounded } from '../shared/figures.ts'
import { median } from '../shared/processes.ts'
import { takeTurns, way, type Way } from '../shared/turns.ts'
import { allCounts, resetCounts } from '../shared/vendor-counts.ts'
import { bareCalls, verify } from './asking.ts'

/** How many addresses each way asks about in a turn, and how many turns there are. */
export interface Size {
  readonly calls: number
  readonly rounds: number
}

const cacheOff = { providers: ['zerobounce'], maxAgeDays: 0 }
const cacheOn = { providers: ['zerobounce'] }

const inWorld = async <Found>(
  wanted: Omit<Wanted, 'latency'>,
  work: (world: World, takeMails: (count: number) => string[]) => Promise<Found>,
): Promise<Found> => {
  const world = await startWorld({ ...wanted, latency: 0 })
  try {
    return await work(world, mailsFrom(world.sandbox.population))
  } finally {
    await world.stop()
  }
}

const msOf = ({ measured }: Way<number>): number => rounded(median(measured))

/** One address a call and no limits: axios, the hub without and with its cache, and what it has kept asked again. */
export const oneByOne = ({ calls, rounds }: Size) =>
  inWorld({ rates: { zerobounce: 'none' }, batches: 'no' }, async (world, takeMails) => {
    const { oneByOne: ask } = bareCalls(world)
    let known: string[] = []
    const bare = way(() => ask(takeMails(calls)))
    const off = way(() => verify(world, takeMails(calls), cacheOff))
    const on = way(() => verify(world, (known = takeMails(calls)), cacheOn))
    await takeTurns([bare, off, on], rounds)
    await resetCounts(world.sandbox)
    const again = way(() => verify(world, known, cacheOn))
    await takeTurns([again], rounds)
    const { calls: againCalls } = await allCounts(world.sandbox)
    return { bareMs: msOf(bare), hubMs: msOf(off), cacheOnMs: msOf(on), againMs: msOf(again), againCalls }
  })

/** A hundred addresses a call and no limits, the cache off. */
export const inBatches = (size: Size) =>
  inWorld({ rates: { zerobounce: 'none' }, batches: 'yes' }, (world, takeMails) =>
    bareAndHub(bareCalls(world).inBatches, world, takeMails, size),
  )

/** ZeroBounce with its own limits, asked as the hub finds best; axios one by one, which these limits make quickest. */
export const atPublishedLimits = (size: Size) =>
  inWorld({ rates: { zerobounce: 'own' }, batches: 'yes' }, async (world, takeMails) => {
    const times = await bareAndHub(bareCalls(world).oneByOne, world, takeMails, size)
    const { refused } = await allCounts(world.sandbox)
    return { ...times, refused }
  })

const bareAndHub = async (
  ask: (emails: readonly string[]) => Promise<number>,
  world: World,
  takeMails: (count: number) => string[],
  { calls, rounds }: Size,
) => {
  const bare = way(() => ask(takeMails(calls)))
  const hub = way(() => verify(world, takeMails(calls), cacheOff))
  await takeTurns([bare, hub], rounds)
  return { bareMs: msOf(bare), hubMs: msOf(hub) }
}

/** Hunter with its own limits, which are low enough to be all that counts: the hub alone. */
export const atHuntersLimits = (count: number) =>
  inWorld({ rates: { hunter: 'own' }, batches: 'no' }, async (world, takeMails) => {
    const ms = await verify(world, takeMails(count), { providers: ['hunter'], maxAgeDays: 0 })
    const { refused } = await allCounts(world.sandbox)
    return { addresses: count, seconds: rounded(ms / 1000, 1), refused }
  })
