import { useCallback, useEffect, useState } from 'react'
import type { Api } from './api.ts'
import { shownOf, type ShownProblem } from './problem.ts'
import type { Connection, Connector, Me, Mistake } from './types.ts'

export type HubState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly problem: ShownProblem }
  | {
      readonly phase: 'ready'
      readonly me: Me
      readonly connectors: Connector[]
      readonly mistakes: readonly Mistake[]
      readonly connections: Connection[]
    }

/** How often an unreachable hub is asked again (milliseconds). */
const retryEvery = 4000

/** What the hub knows; asks again by itself while the hub cannot be reached. */
export const useHub = (api: Api) => {
  const [state, setState] = useState<HubState>({ phase: 'loading' })
  const [round, setRound] = useState(0)

  useEffect(() => {
    const stop = new AbortController()
    const load = async () => {
      try {
        const [me, { connectors, problems = [] }, connections] = await Promise.all([
          api.me(stop.signal),
          api.connectors(stop.signal),
          api.connections(stop.signal),
        ])
        if (!stop.signal.aborted) setState({ phase: 'ready', me, connectors, mistakes: problems, connections })
      } catch (thrown) {
        if (!stop.signal.aborted) setState({ phase: 'failed', problem: shownOf(thrown) })
      }
    }
    void load()
    return () => stop.abort()
  }, [api, round])

  const waiting = state.phase === 'failed' && (state.problem.kind === 'offline' || state.problem.kind === 'unavailable')
  useEffect(() => {
    if (!waiting) return
    const timer = setInterval(() => setRound((n) => n + 1), retryEvery)
    return () => clearInterval(timer)
  }, [waiting])

  const change = useCallback((connections: (old: Connection[]) => Connection[]) => {
    setState((old) => (old.phase === 'ready' ? { ...old, connections: connections(old.connections) } : old))
  }, [])

  return {
    state,
    reload: () => {
      setState({ phase: 'loading' })
      setRound((n) => n + 1)
    },
    /** Puts a new or changed connection into the list. */
    keep: (one: Connection) =>
      change((old) =>
        old.some(({ id }) => id === one.id) ? old.map((each) => (each.id === one.id ? one : each)) : [...old, one],
      ),
    drop: (id: string) => change((old) => old.filter((each) => each.id !== id)),
  }
}
