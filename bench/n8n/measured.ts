import { runFlow, type Flow } from './flow.ts'
import type { Row } from './flows.ts'
import { leadsOf } from './leads.ts'
import { startedHere, watchMemory } from './memory.ts'
import { startBenchN8n } from './own-n8n.ts'
import { billOf, type Bill } from './vendors.ts'
import type { World } from './world.ts'
import { timed } from '../shared/processes.ts'
import { resetVendors } from '../shared/vendor-counts.ts'

/** One flow's way with the leads. */
export interface Side extends Bill {
  readonly leads: number
  readonly seconds: number
  /** The most that n8n and all that it starts, and the hub, have held until then. */
  readonly n8nMb: number
  readonly hubMb: number
  /** How many leads came out with a verdict, and how many with a job title. */
  readonly verdicts: number
  readonly titles: number
}

export interface Measured {
  readonly side: Side
  readonly rows: readonly Row[]
}

/** The share of the leads that is there a second time. */
export const repeated = 0.2

type Go = (flow: Flow, count: number) => Promise<Measured>

/** Sends leads through a flow in an n8n started anew for it. */
export const measured = (world: World, flow: Flow, count: number): Promise<Measured> =>
  inNewN8n(world, (go) => go(flow, count))

/** The same, and then the same leads once more. */
export const measuredTwice = (world: World, flow: Flow, count: number): Promise<{ first: Measured; again: Measured }> =>
  inNewN8n(world, async (go) => ({ first: await go(flow, count), again: await go(flow, count) }))

const inNewN8n = async <Found>(world: World, work: (go: Go) => Promise<Found>): Promise<Found> => {
  const { n8n, stop } = await startBenchN8n(world)
  const [n8nMemory, hubMemory] = [watchMemory(startedHere('n8n/bin/n8n')), watchMemory(world.hub.pid)]
  const go: Go = async (flow, count) => {
    await resetVendors(world.sandbox)
    let rows: Row[] = []
    const ms = await timed(async () => {
      rows = await runFlow<Row>(n8n, flow, leadsOf(world.sandbox.population, count, repeated))
    })
    checkComplete(flow, rows, count)
    const memory = { n8nMb: n8nMemory.peakMb(), hubMb: hubMemory.peakMb() }
    return {
      side: { ...(await billOf(world.sandbox)), leads: count, seconds: ms / 1000, ...memory, ...foundIn(rows) },
      rows,
    }
  }
  try {
    return await work(go)
  } finally {
    n8nMemory.stop()
    hubMemory.stop()
    await stop()
  }
}

const checkComplete = (flow: Flow, rows: readonly Row[], count: number): void => {
  if (new Set(rows.map(({ id }) => id)).size !== count || rows.length !== count)
    throw new Error(`“${flow.name}” gave ${rows.length} rows for ${count} leads`)
}

const foundIn = (rows: readonly Row[]) => ({
  verdicts: rows.filter(({ verdict }) => verdict).length,
  titles: rows.filter(({ title }) => title).length,
})

/**
 * Both have found the same of each lead, but for titles that our block did not believe and says so. The verdicts' words
 * are each vendor's own, and the hub's: it counts that there is one.
 * @throws Error that says for how many leads it is not so
 */
export const checkSame = (one: Measured, other: Measured): void => {
  const known = new Map(one.rows.map((row) => [row.id, row]))
  const differing = other.rows.filter((row) => !isSame(known.get(row.id), row))
  const [first] = differing
  if (first)
    throw new Error(
      `two sides found different things of ${differing.length} leads: ` +
        `${JSON.stringify(known.get(first.id))}, ${JSON.stringify(first)}`,
    )
}

const isSame = (before: Row | undefined, { verdict, title, notTaken = [] }: Row): boolean => {
  if (Boolean(before?.verdict) !== Boolean(verdict)) return false
  return before?.title === title || (title === undefined && notTaken.some(({ field }) => field === 'job'))
}
