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

/** One service's sheet: its accounts, or the form for one, and what came of the last action. */
export const ConnectorDialog = ({ api, connector, accounts, mode, kept, onClose }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useId()
  const { view, step, outcome, faults, show, connect, reconnect, test, disconnect } = useAccounts(
    api,
    connector,
    accounts,
    kept,
  )
  const replaced = view.show === 'form' ? accounts.find(({ id }) => id === view.replaces) : undefined

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
      <Progress step={step} outcome={outcome} service={connector.name} />
      {needsNoAccount(connector) && accounts.length === 0 ? (
        <p className="panel">{connector.name} needs no account: it works already, there is nothing to connect.</p>
      ) : view.show === 'form' ? (
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
      ) : (
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
      )}
    </dialog>
  )
}
