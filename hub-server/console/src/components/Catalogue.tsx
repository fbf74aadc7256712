import { useState } from 'react'
import type { Connection, Connector, Mode } from '../types.ts'
import { groupsOf } from '../words/groups.ts'
import { matches } from '../words/search.ts'
import { needsNoAccount } from '../words/states.ts'
import { CardList } from './CardList.tsx'
import { Filters } from './Filters.tsx'

interface Props {
  readonly connectors: readonly Connector[]
  readonly connections: readonly Connection[]
  readonly mode: Mode
  readonly onOpen: (connector: string) => void
}

/** Those that only help others along stand last. */
const isHelper = ({ capabilities }: Connector): boolean => capabilities.every((each) => each === 'solveCaptcha')

/** All services to choose from: those with an account first. */
export const Catalogue = ({ connectors, connections, mode, onOpen }: Props) => {
  const [search, setSearch] = useState('')
  const [group, setGroup] = useState<string>()

  const found = connectors
    .filter((each) => (!group || each.groups.includes(group)) && matches(each, search.trim()))
    .sort((a, b) => Number(isHelper(a)) - Number(isHelper(b)) || a.name.localeCompare(b.name))
  const isYours = (each: Connector) =>
    needsNoAccount(each) || connections.some(({ connector }) => connector === each.id)
  const lists = [
    { title: 'Your services', connectors: found.filter(isYours) },
    {
      title: found.some(isYours) ? 'More services' : 'All services',
      connectors: found.filter((each) => !isYours(each)),
    },
  ]
  const clear = () => {
    setSearch('')
    setGroup(undefined)
  }

  return (
    <main className="page">
      <Filters search={search} onSearch={setSearch} groups={groupsOf(connectors)} group={group} onGroup={setGroup} />
      <p className="count" role="status">
        {found.length === connectors.length
          ? `${connectors.length} services`
          : `${found.length} of ${connectors.length} services`}
      </p>
      {lists.map(
        (list) =>
          list.connectors.length > 0 && (
            <CardList key={list.title} {...list} connections={connections} mode={mode} onOpen={onOpen} />
          ),
      )}
      {connectors.length === 0 ? (
        <p className="empty">
          This hub knows no outside services. Its folder hub-server/connectors seems to be missing: install the hub
          again.
        </p>
      ) : (
        found.length === 0 && (
          <div className="empty">
            <p>No service fits this search.</p>
            <button type="button" className="button" onClick={clear}>
              Show all services
            </button>
          </div>
        )
      )}
    </main>
  )
}
