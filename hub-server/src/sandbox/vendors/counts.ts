/** What the vendor counts for its bill: per key and route. */
export interface Count {
  /** Every request that reached a route, refused ones too. */
  calls: number
  /** Answered as the route describes: not refused for key, credits, rate or input. */
  successes: number
  /** The vendor's credits. */
  charges: number
}

export type Counts = Record<string, Record<string, Record<string, Count>>>

export const createCounts = () => {
  const counts = new Map<string, Map<string, Map<string, Count>>>()

  const within = <Value>(map: Map<string, Value>, key: string, make: () => Value): Value => {
    const known = map.get(key)
    if (known !== undefined) return known
    const fresh = make()
    map.set(key, fresh)
    return fresh
  }

  return {
    of: (connector: string, key: string, route: string): Count =>
      within(
        within(
          within(counts, connector, () => new Map()),
          key,
          () => new Map(),
        ),
        route,
        () => ({ calls: 0, successes: 0, charges: 0 }),
      ),
    /** All credits that a key was charged at a vendor. */
    charged: (connector: string, key: string): number =>
      [...(counts.get(connector)?.get(key)?.values() ?? [])].reduce((sum, count) => sum + count.charges, 0),
    /** connector → key → route → count. */
    all: (): Counts =>
      Object.fromEntries(
        [...counts].map(([connector, keys]) => [
          connector,
          Object.fromEntries([...keys].map(([key, routes]) => [key, Object.fromEntries(routes)])),
        ]),
      ),
    reset: (): void => counts.clear(),
  }
}
export type CountBook = ReturnType<typeof createCounts>
