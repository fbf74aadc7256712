import { useId } from 'react'
import type { Connection, Connector, Mode } from '../types.ts'
import { stateOfConnector } from '../words/states.ts'
import { Card } from './Card.tsx'

interface Props {
  readonly title: string
  readonly connectors: readonly Connector[]
  readonly connections: readonly Connection[]
  readonly mode: Mode
  readonly onOpen: (connector: string) => void
}

/** Cards under a heading. */
export const CardList = ({ title, connectors, connections, mode, onOpen }: Props) => {
  const heading = useId()
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      <ul className="cards">
        {connectors.map((each) => (
          <li key={each.id}>
            <Card
              connector={each}
              mode={mode}
              state={stateOfConnector(
                each,
                connections.filter(({ connector }) => connector === each.id),
                mode,
              )}
              onOpen={() => onOpen(each.id)}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}
