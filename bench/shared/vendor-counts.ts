import type { Sandbox } from '../../hub-server/src/sandbox/index.ts'

/** What the stand-in of a vendor has counted. */
export interface VendorCount {
  /** Every request that came in, refused ones too. */
  readonly calls: number
  /** Of these: for the rate, the key or the input. */
  readonly refused: number
  /** In the vendor's credits. */
  readonly charges: number
}

/** connector → key → route → what was counted, as docs/sandbox.md describes it. */
type Counts = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, RouteCount>>>>>>

interface RouteCount {
  readonly calls: number
  readonly successes: number
  readonly charges: number
}

const control = async (sandbox: Sandbox, method: string, path: string): Promise<unknown> => {
  const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, { method })
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}`)
  return answer.json()
}

/** Forgets what was counted so far. */
export const resetCounts = async (sandbox: Sandbox): Promise<void> => void (await control(sandbox, 'POST', 'counts'))

/** Forgets also which calls count towards the limits, and what CRMs hold: as if nobody had ever called. */
export const resetVendors = async (sandbox: Sandbox): Promise<void> => void (await control(sandbox, 'POST', 'reset'))

const sumOf = (counts: readonly VendorCount[]): VendorCount => ({
  calls: counts.reduce((sum, { calls }) => sum + calls, 0),
  refused: counts.reduce((sum, { refused }) => sum + refused, 0),
  charges: counts.reduce((sum, { charges }) => sum + charges, 0),
})

const ofRoute = ({ calls, successes, charges }: RouteCount): VendorCount => ({
  calls,
  refused: calls - successes,
  charges,
})

/** What each vendor has counted, by connector. */
export const vendorCounts = async (sandbox: Sandbox): Promise<ReadonlyMap<string, VendorCount>> => {
  const counts = (await control(sandbox, 'GET', 'counts')) as Counts
  return new Map(
    Object.entries(counts).map(([connector, keys]) => {
      const routes = Object.values(keys).flatMap((routes) => Object.values(routes))
      return [connector, sumOf(routes.map(ofRoute))]
    }),
  )
}

/** What all vendors together have counted. */
export const allCounts = async (sandbox: Sandbox): Promise<VendorCount> =>
  sumOf([...(await vendorCounts(sandbox)).values()])
