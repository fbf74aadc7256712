import { useState } from 'react'
import { HubPage } from './components/HubPage.tsx'
import { KeyForm } from './components/KeyForm.tsx'
import type { ShownProblem } from './problem.ts'
import { useKey } from './useKey.ts'

/** Asks for a key until the hub takes one, then shows the hub's page. */
export const App = () => {
  const { key, use, forget } = useKey()
  const [refusal, setRefusal] = useState<ShownProblem>()

  const leave = (why?: ShownProblem) => {
    setRefusal(why)
    forget()
  }

  return key ? <HubPage key={key} apiKey={key} onLeave={leave} /> : <KeyForm refusal={refusal} onKey={use} />
}
