import { out } from '../shared/figures.ts'
import { burstsOfFifty, ownNodesInBatches, type BatchPace } from './batch-flow.ts'
import { fiftyASecond, ourBlocks, ownNodes, type Pace } from './flows.ts'
import { checkSame, measured, measuredTwice, type Measured } from './measured.ts'
import { startWorld, type Wanted, type World } from './world.ts'

/** Calls a second that each vendor takes, where its limits are made up. */
export const rate = 50
/** Milliseconds that each vendor takes to answer. */
export const latency = 100

/** Apollo's 1,000 calls a minute, one lead a call: 50 leads every three seconds. */
const apollosPace: Pace = { leads: 50, seconds: 3 }
/** ZeroBounce's 30 batches and Apollo's 1,000 calls a minute. */
const publishedBursts: BatchPace = {
  zerobounce: { calls: 30, pauseMs: 61_000 },
  apollo: { calls: 50, pauseMs: 3_000 },
}

/** As a person sets it under a block's further options. */
const cacheOff = { options: { maxAgeDays: 0 } }

const inWorld = async <Found>(
  wanted: Omit<Wanted, 'latency'>,
  work: (world: World) => Promise<Found>,
): Promise<Found> => {
  const world = await startWorld({ ...wanted, latency })
  try {
    return await work(world)
  } finally {
    await world.stop()
  }
}

/** Prints a side as soon as it is there, for the next one may take minutes. */
const told = (what: string, one: Measured): Measured => {
  const { leads, seconds, calls, refused, price, n8nMb, hubMb, verdicts, titles } = one.side
  const memory = `n8n ${n8nMb} MB, hub ${hubMb} MB`
  const found = `${verdicts} verdicts, ${titles} titles${refused > 0 ? `; ${refused} calls refused` : ''}`
  out(
    `  ${what.padEnd(32)}${String(leads).padStart(6)} leads${seconds.toFixed(1).padStart(7)} s` +
      `${String(calls).padStart(7)} calls${price.toFixed(2).padStart(8)} USD   ${memory}; ${found}`,
  )
  return one
}

/** ZeroBounce and Apollo at made-up limits, which our blocks ask in batches. */
export const inBatches = (leads: number) =>
  inWorld({ rates: { zerobounce: rate, apollo: rate }, batches: 'yes' }, async (world) => {
    const { sandbox } = world
    const own = told(
      'own nodes, one by one',
      await measured(world, ownNodes(sandbox, 'zerobounce', fiftyASecond), leads),
    )
    const ownMany = told(
      'own nodes, in batches',
      await measured(world, ownNodesInBatches(sandbox, burstsOfFifty), leads),
    )
    const { first, again } = await measuredTwice(world, ourBlocks('zerobounce'), leads)
    const ours = told('our blocks, cache on', first)
    told('the same leads again, cache on', again)
    const anew = told('our blocks, cache off', await measured(world, ourBlocks('zerobounce', cacheOff), leads))
    for (const other of [ownMany, ours, again, anew]) checkSame(own, other)
    return { own: own.side, ownMany: ownMany.side, ours: ours.side, again: again.side, cacheOff: anew.side }
  })

/** Hunter and Apollo at made-up limits, one lead a call on both sides. */
export const oneByOne = (leads: number) =>
  inWorld({ rates: { hunter: rate, apollo: rate }, batches: 'no' }, async (world) => {
    const own = told('own nodes', await measured(world, ownNodes(world.sandbox, 'hunter', fiftyASecond), leads))
    const ours = told('our blocks, cache on', await measured(world, ourBlocks('hunter'), leads))
    checkSame(own, ours)
    return { own: own.side, ours: ours.side }
  })

/**
 * ZeroBounce and Apollo at the limits that they publish.
 * @param few leads for n8n's own nodes one by one, which take a minute and more for a thousand
 * @param some leads for both sides in batches
 */
export const atPublishedLimits = (few: number, some: number) =>
  inWorld({ rates: { zerobounce: 'own', apollo: 'own' }, batches: 'yes' }, async (world) => {
    const { sandbox } = world
    const own = told('own nodes, one by one', await measured(world, ownNodes(sandbox, 'zerobounce', apollosPace), few))
    const ownMany = told(
      'own nodes, in batches',
      await measured(world, ownNodesInBatches(sandbox, publishedBursts), some),
    )
    const ours = told('our blocks, cache on', await measured(world, ourBlocks('zerobounce'), some))
    checkSame(ownMany, ours)
    return { own: own.side, ownMany: ownMany.side, ours: ours.side }
  })
