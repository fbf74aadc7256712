import type { Connection, Connector } from '../types.ts'
import { Account } from './Account.tsx'

interface Props {
  readonly connector: Connector
  readonly accounts: readonly Connection[]
  readonly busy: boolean
  readonly onTest: (id: string) => void
  readonly onReconnect: (id: string) => void
  readonly onReplace: (id: string) => void
  readonly onDisconnect: (account: Connection) => void
  readonly onAdd: () => void
}

/** The accounts that are connected, and a way to add another. */
export const AccountList = ({
  connector,
  accounts,
  busy,
  onTest,
  onReconnect,
  onReplace,
  onDisconnect,
  onAdd,
}: Props) => (
  <>
    <h3>{accounts.length === 1 ? 'Your account' : 'Your accounts'}</h3>
    <ul className="accounts">
      {accounts.map((each) => (
        <li key={each.id}>
          <Account
            account={each}
            connector={connector}
            busy={busy}
            onTest={() => onTest(each.id)}
            onReconnect={() => onReconnect(each.id)}
            onReplace={() => onReplace(each.id)}
            onDisconnect={() => onDisconnect(each)}
          />
        </li>
      ))}
    </ul>
    <button type="button" className="link" aria-disabled={busy} onClick={() => !busy && onAdd()}>
      Add another account
    </button>
  </>
)
