import { useEffect, useId, useRef } from 'react'
import type { Api } from '../api.ts'
import type { Connection, Connector, Mode } from '../types.ts'
import { useAccounts, type Kept } from '../useAccounts.ts'
import { needsNoAccount } from '../words/states.ts'
import { About } from './About.tsx'
import { AccountForm } from './AccountForm.tsx'
import { AccountList } from './AccountList.tsx'
import { cardId } from './Card.tsx'
import { ConnectorIcon } from './ConnectorIcon.tsx'
import { Progress } from './Progress.tsx'

interface Props {
  readonly api: Api
  readonly connector: Connector
  readonly accounts: readonly Connection[]
  readonly mode: Mode
  readonly kept: Kept
  readonly onClose: () => void
}

interface AccountsProps extends Pick<Props, 'connector' | 'accounts' | 'mode'> {
  readonly state: ReturnType<typeof useAccounts>
}

/** The form for one account, or all of them. */
const Accounts = ({ connector, accounts, mode, state }: AccountsProps) => {
  const { view, step, faults, show, connect, reconnect, test, disconnect } = state
  if (needsNoAccount(connector) && accounts.length === 0)
    return <p className="panel">{connector.name} needs no account: it works already, there is nothing to connect.</p>
  if (view.show === 'form') {
    const replaced = accounts.find(({ id }) => id === view.replaces)
    return (
      <AccountForm
        key={replaced?.id ?? 'new'}
        connector={connector}
        mode={mode}
        replaced={replaced}
        faults={faults}
        busy={step !== undefined}
        onSubmit={(input) => void connect(input, replaced?.id)}
        onCancel={accounts.length > 0 ? () => show({ show: 'accounts' }) : undefined}
      />
    )
  }
  return (
    <AccountList
      connector={connector}
      accounts={accounts}
      busy={step !== undefined}
      onTest={(id) => void test(id)}
      onReconnect={(id) => void reconnect(id)}
      onReplace={(id) => show({ show: 'form', replaces: id })}
      onDisconnect={(account) => void disconnect(account)}
      onAdd={() => show({ show: 'form' })}
    />
  )
}

/** One service's sheet: its accounts, or the form for one, and what came of the last action. */
export const ConnectorDialog = ({ api, connector, accounts, mode, kept, onClose }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  const state = useAccounts(api, connector, accounts, kept)

  useEffect(() => {
    dialog.current?.showModal()
    return () => document.getElementById(cardId(connector.id))?.focus()
  }, [connector.id])

  return (
    <dialog ref={dialog} className="sheet" aria-labelledby={title} onClose={onClose}>
      <div className="sheet-top">
        <ConnectorIcon connector={connector} />
        <h2 id={title}>{connector.name}</h2>
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      <About connector={connector} mode={mode} />
      <Progress step={state.step} outcome={state.outcome} service={connector.name} />
      <Accounts connector={connector} accounts={accounts} mode={mode} state={state} />
    </dialog>
  )
}
