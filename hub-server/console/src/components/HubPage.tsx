import { useEffect, useState } from 'react'
import { createApi } from '../api.ts'
import type { Credential } from '../credential.ts'
import type { ShownProblem } from '../problem.ts'
import type { Mode } from '../types.ts'
import { useHub } from '../useHub.ts'
import { Catalogue } from './Catalogue.tsx'
import { ConnectorDialog } from './ConnectorDialog.tsx'
import { Header } from './Header.tsx'
import { LoadFailure } from './LoadFailure.tsx'
import { Loading } from './Loading.tsx'
import { Mistakes } from './Mistakes.tsx'

/** Which service's sheet to open: a person who comes back from a vendor's page goes on there. */
const takeConnectorFromAddress = (): string | undefined => {
  const { search, pathname, hash } = window.location
  const connector = new URLSearchParams(search).get('connector') ?? undefined
  if (connector) window.history.replaceState(null, '', pathname + hash)
  return connector
}

interface Props {
  /** Another one makes another page: it is read once. */
  readonly credential: Credential
  /** Gives the key or the session back: because the hub refused it, or because the person wants to. */
  readonly onLeave: (why?: ShownProblem) => void
  /** Only for who has signed in: a key is of one mode. */
  readonly onMode?: (mode: Mode) => void
}

/** Everything that is seen by who is let in: loading, failure, or the services to connect. */
export const HubPage = ({ credential, onLeave, onMode }: Props) => {
  const [api] = useState(() => createApi(credential))
  const { state, reload, keep, drop } = useHub(api)
  const [opened, setOpened] = useState(takeConnectorFromAddress)

  const refusal = state.phase === 'failed' && state.problem.kind === 'unauthorized' ? state.problem : undefined
  useEffect(() => {
    if (refusal) onLeave(refusal)
  }, [refusal, onLeave])

  if (state.phase === 'loading' || refusal) return <Loading />
  if (state.phase === 'failed')
    return <LoadFailure problem={state.problem} onRetry={reload} onLeave={() => onLeave()} />

  const { me, connectors, mistakes, connections } = state
  const connector = connectors.find(({ id }) => id === opened)
  return (
    <>
      <Header me={me} onLeave={() => onLeave()} onMode={onMode} />
      <Mistakes mistakes={mistakes} />
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
