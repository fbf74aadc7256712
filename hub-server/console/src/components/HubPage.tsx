import { useEffect, useMemo, useState } from 'react'
import { createApi } from '../api.ts'
import type { ShownProblem } from '../problem.ts'
import { useHub } from '../useHub.ts'
import { Catalogue } from './Catalogue.tsx'
import { ConnectorDialog } from './ConnectorDialog.tsx'
import { Header } from './Header.tsx'
import { LoadFailure } from './LoadFailure.tsx'
import { Loading } from './Loading.tsx'

interface Props {
  readonly apiKey: string
  /** Gives the key back: because the hub refused it, or because the person wants another. */
  readonly onLeave: (why?: ShownProblem) => void
}

/** Everything that is seen with a key: loading, failure, or the services to connect. */
export const HubPage = ({ apiKey, onLeave }: Props) => {
  const api = useMemo(() => createApi(apiKey), [apiKey])
  const { state, reload, keep, drop } = useHub(api)
  const [opened, setOpened] = useState<string>()

  const refusal = state.phase === 'failed' && state.problem.kind === 'unauthorized' ? state.problem : undefined
  useEffect(() => {
    if (refusal) onLeave(refusal)
  }, [refusal, onLeave])

  if (state.phase === 'loading' || refusal) return <Loading />
  if (state.phase === 'failed') return <LoadFailure problem={state.problem} onRetry={reload} onLeave={() => onLeave()} />

  const { me, connectors, connections } = state
  const connector = connectors.find(({ id }) => id === opened)
  return (
    <>
      <Header me={me} onLeave={() => onLeave()} />
      <Catalogue connectors={connectors} connections={connections} mode={me.mode} onOpen={setOpened} />
      {connector && (
        <ConnectorDialog
          key={connector.id}
          api={api}
          connector={connector}
          accounts={connections.filter((each) => each.connector === connector.id)}
          mode={me.mode}
          kept={{ keep, drop }}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  )
}
