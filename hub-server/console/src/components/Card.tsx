import type { Connector, Mode } from '../types.ts'
import { capabilitiesInWords } from '../words/capabilities.ts'
import { priceInShort } from '../words/prices.ts'
import type { ShownState } from '../words/states.ts'
import { ConnectorIcon } from './ConnectorIcon.tsx'
import { StatePill } from './StatePill.tsx'

interface Props {
  readonly connector: Connector
  readonly state: ShownState
  readonly mode: Mode
  readonly onOpen: () => void
}

/** The card's button, so that the focus can return to it even after the card has moved to another list. */
export const cardId = (connector: string): string => `card-${connector}`

/** How many capabilities fit on a card; the rest is on the service's own sheet. */
const most = 3

/** One service: what it is, what it can do, and how it stands. Opens its sheet. */
export const Card = ({ connector, state, mode, onOpen }: Props) => {
  const can = capabilitiesInWords(connector.capabilities)
  const more = can.length - most
  return (
    <button type="button" className="card" id={cardId(connector.id)} aria-haspopup="dialog" onClick={onOpen}>
      <span className="card-top">
        <ConnectorIcon connector={connector} />
        <span className="card-name">{connector.name}</span>
      </span>
      <span className="card-can">
        {can.slice(0, most).join(' · ')}
        {more > 0 && <span className="card-more"> · {more} more</span>}
      </span>
      <span className="card-price">{priceInShort(connector, mode)}</span>
      <StatePill state={state} />
    </button>
  )
}
