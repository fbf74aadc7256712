import { useState } from 'react'
import type { Connector } from '../types.ts'

/** The vendor's picture, or its initial where there is none. Decorative: the name always stands beside it. */
export const ConnectorIcon = ({ connector }: { connector: Connector }) => {
  const [broken, setBroken] = useState(false)
  return (
    <span className="connector-icon" aria-hidden="true">
      {broken ? (
        connector.name.charAt(0).toUpperCase()
      ) : (
        <img src={connector.icon} alt="" width={28} height={28} loading="lazy" onError={() => setBroken(true)} />
      )}
    </span>
  )
}
