import { useState } from 'react'
import type { Api } from './api.ts'
import { shownOf } from './problem.ts'
import type { AccountInput, Connection, Connector } from './types.ts'
import { ofFailedTest, ofProblem, ofRemoval, ofTest, type Outcome } from './words/outcomes.ts'

/** What the hub is busy with for this page. */
export type Step = 'saving' | 'leaving' | 'testing' | 'removing'

/** `form` asks for an account: a new one, or anew for the one to be replaced. */
export type View = { readonly show: 'accounts' } | { readonly show: 'form'; readonly replaces?: string }

export interface Kept {
  readonly keep: (connection: Connection) => void
  readonly drop: (id: string) => void
}

const restsOn = (accounts: readonly Connection[]): View => ({ show: accounts.length > 0 ? 'accounts' : 'form' })

/** One connector's accounts: what is shown of them, and what can be done with them. */
export const useAccounts = (api: Api, connector: Connector, accounts: readonly Connection[], { keep, drop }: Kept) => {
  const [view, setView] = useState<View>(() => restsOn(accounts))
  const [step, setStep] = useState<Step>()
  const [outcome, setOutcome] = useState<Outcome>()
  /** Messages of the hub for single fields, by the field's name. */
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({})

  const show = (next: View) => {
    setOutcome(undefined)
    setFaults({})
    setView(next)
  }

  const runTest = async (id: string) => {
    setStep('testing')
    try {
      const result = await api.test(id)
      keep(result.connection)
      setOutcome(ofTest(result, connector))
      if (!result.connection.consent && result.connection.status === 'refused') setView({ show: 'form', replaces: id })
    } catch (thrown) {
      setOutcome(ofFailedTest(shownOf(thrown)))
    }
  }

  /** Leaves this page for the vendor's; the person comes back to /connect?connector=… */
  const leave = async (id: string) => {
    setStep('leaving')
    window.location.assign(await api.authorize(id))
    // Until the browser has gone.
    await new Promise(() => undefined)
  }

  /** Only one thing at a time: a second click while the hub works does nothing. */
  const exclusively = async (work: () => Promise<void>) => {
    if (step) return
    setOutcome(undefined)
    setFaults({})
    try {
      await work()
    } catch (thrown) {
      const problem = shownOf(thrown)
      setOutcome(ofProblem(problem))
      setFaults(Object.fromEntries((problem.errors ?? []).map(({ path, message }) => [lastOf(path), message])))
    } finally {
      setStep(undefined)
    }
  }

  return {
    view,
    step,
    outcome,
    faults,
    show,
    /** Saves, then tests at once, or goes on to the vendor's page. What was typed stays only if saving failed. */
    connect: (input: AccountInput, replaces?: string) =>
      exclusively(async () => {
        setStep('saving')
        const saved = replaces ? await api.replace(replaces, input) : await api.create(input)
        // There is no account before the person comes back from the vendor's page.
        if (saved.consent) return leave(saved.id)
        keep(saved)
        setView({ show: 'accounts' })
        await runTest(saved.id)
      }),
    reconnect: (id: string) => exclusively(() => leave(id)),
    test: (id: string) => exclusively(() => runTest(id)),
    disconnect: ({ id, name }: Connection) =>
      exclusively(async () => {
        setStep('removing')
        await api.remove(id)
        drop(id)
        setOutcome(ofRemoval(name, connector))
        setView(restsOn(accounts.filter((each) => each.id !== id)))
      }),
  }
}

/** `/fields/api~1key` → `api/key` (RFC 6901) */
const lastOf = (pointer: string): string =>
  pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')
