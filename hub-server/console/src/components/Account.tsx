import { useState } from 'react'
import type { Connection, Connector } from '../types.ts'
import { choiceInWords } from '../words/choices.ts'
import { momentOf } from '../words/dates.ts'
import { stateOfAccount } from '../words/states.ts'
import { Confirmation } from './Confirmation.tsx'
import { StatePill } from './StatePill.tsx'

interface Props {
  readonly account: Connection
  readonly connector: Connector
  readonly busy: boolean
  readonly onTest: () => void
  readonly onReconnect: () => void
  readonly onReplace: () => void
  readonly onDisconnect: () => void
}

/** One connected account: how it stands, what is known of it, and what can be done with it. */
export const Account = ({ account, connector, busy, onTest, onReconnect, onReplace, onDisconnect }: Props) => {
  const [asked, setAsked] = useState(false)
  // Not `disabled`: a disabled button would drop the keyboard's focus while the hub works.
  const buttons: { label: string; act: () => void; primary?: boolean }[] = [
    ...(account.consent
      ? [
          {
            label: account.status === 'working' ? 'Reconnect' : 'Connect',
            act: onReconnect,
            primary: account.status !== 'working',
          },
        ]
      : []),
    { label: 'Test', act: onTest },
    { label: 'Replace', act: onReplace },
    { label: 'Disconnect', act: () => setAsked(true) },
  ]
  return (
    <div className="account panel">
      <p className="account-name">{account.name}</p>
      <StatePill state={stateOfAccount(account)} />
      <dl>
        {connector.auth.fields.map(({ name, label, secret, options }) => {
          const value = secret ? account.secrets.includes(name) && 'Saved, sealed' : account.fields[name]
          return value ? (
            <div key={name}>
              <dt>{label}</dt>
              <dd>{choiceInWords(options?.find((each) => each.value === value)?.label ?? value)}</dd>
            </div>
          ) : null
        })}
        <div>
          <dt>Last tested</dt>
          <dd>{account.testedAt ? momentOf(account.testedAt) : 'Never'}</dd>
        </div>
      </dl>
      {asked ? (
        <Confirmation account={account.name} busy={busy} onConfirm={onDisconnect} onCancel={() => setAsked(false)} />
      ) : (
        <div className="buttons">
          {buttons.map(({ label, act, primary }) => (
            <button
              key={label}
              type="button"
              className={primary ? 'button primary' : 'button'}
              aria-label={`${label} ${account.name}`}
              aria-disabled={busy}
              onClick={() => !busy && act()}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
