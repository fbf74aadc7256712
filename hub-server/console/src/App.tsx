import { useEffect, useState } from 'react'
import { HubPage } from './components/HubPage.tsx'
import { KeyForm } from './components/KeyForm.tsx'
import { Loading } from './components/Loading.tsx'
import { storedMode, storeMode } from './credential.ts'
import type { ShownProblem } from './problem.ts'
import { currentSession, signOut, type Session } from './session.ts'
import type { Mode } from './types.ts'
import { useKey } from './useKey.ts'

/** Shows the hub's page to who has signed in, or holds a key; asks for one of both until then. */
export const App = () => {
  const { key, use, forget } = useKey()
  const [session, setSession] = useState<Session | 'unknown' | 'none'>('unknown')
  const [mode, setMode] = useState(storedMode)
  const [refusal, setRefusal] = useState<ShownProblem>()

  useEffect(() => {
    if (key === null) void currentSession().then((found) => setSession(found ?? 'none'))
  }, [key])

  const leave = (why?: ShownProblem) => {
    setRefusal(why)
    forget()
  }
  if (key !== null) return <HubPage key={key} credential={{ key }} onLeave={leave} />
  if (session === 'unknown') return <Loading />
  const workspace = session === 'none' ? undefined : session.workspaces[0]
  if (session === 'none' || !workspace) return <KeyForm refusal={refusal} onKey={use} />

  const end = (why?: ShownProblem) => {
    setRefusal(why)
    setSession('none')
    // Where it was over already there is nothing to end.
    if (!why) void signOut(session.csrf).then((url) => url !== undefined && window.location.assign(url))
  }
  const change = (next: Mode) => {
    storeMode(next)
    setMode(next)
  }
  return (
    <HubPage
      key={mode}
      credential={{ csrf: session.csrf, workspace: workspace.id, mode }}
      onLeave={end}
      onMode={change}
    />
  )
}
