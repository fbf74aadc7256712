/** What an outage did to requests: nothing of them was counted or charged. */
export interface Met {
  /** Their connection was closed without an answer. */
  dropped: number
  /** Answered 503. */
  refused: number
}

/** Vendors that are down for a while: by the real clock, whatever a test does to the vendors' own. */
export const createOutages = () => {
  const until = new Map<string, number>()
  const met = new Map<string, Met>()
  const lost = new Map<string, { readonly path: string; left: number }>()

  return {
    /** The next answers at paths that end so are lost: what was asked is done, and the connection closed. */
    lose: (connector: string, path: string, count: number): void => void lost.set(connector, { path, left: count }),
    /** Whether the answer to this request is lost. */
    isLost: (connector: string, path: string): boolean => {
      const losing = lost.get(connector)
      if (!losing || losing.left <= 0 || !path.endsWith(losing.path)) return false
      losing.left--
      return true
    },
    begin: (connector: string, ms: number): void => void until.set(connector, performance.now() + ms),
    /** What becomes of a request that comes in now, by turns; undefined while the vendor is up. */
    meet: (connector: string): keyof Met | undefined => {
      if (performance.now() >= (until.get(connector) ?? 0)) return undefined
      const counts = met.get(connector) ?? { dropped: 0, refused: 0 }
      met.set(connector, counts)
      const what = counts.dropped > counts.refused ? 'refused' : 'dropped'
      counts[what]++
      return what
    },
    all: (): Record<string, Met> => Object.fromEntries(met),
    reset: (): void => {
      until.clear()
      lost.clear()
      met.clear()
    },
  }
}
export type Outages = ReturnType<typeof createOutages>
