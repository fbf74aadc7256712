import { groupInWords } from '../words/groups.ts'

interface Props {
  readonly search: string
  readonly onSearch: (search: string) => void
  readonly groups: readonly string[]
  /** Undefined means all. */
  readonly group: string | undefined
  readonly onGroup: (group: string | undefined) => void
}

/** The search box, and a button for each group. */
export const Filters = ({ search, onSearch, groups, group, onGroup }: Props) => (
  <search className="filters">
    <input
      type="search"
      aria-label="Search services"
      placeholder="Name, or what you want to do"
      value={search}
      onChange={(event) => onSearch(event.target.value)}
    />
    <div className="groups" role="group" aria-label="Show only">
      {[undefined, ...groups].map((each) => (
        <button
          key={each ?? ''}
          type="button"
          className="chip"
          aria-pressed={each === group}
          onClick={() => onGroup(each)}
        >
          {each === undefined ? 'All' : groupInWords(each)}
        </button>
      ))}
    </div>
  </search>
)
