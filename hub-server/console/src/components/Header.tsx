import iconUrl from '../icon.svg'
import type { Me, Mode } from '../types.ts'
import { modeInWords } from '../words/modes.ts'

interface Props {
  readonly me: Me
  readonly onLeave: () => void
  readonly onMode?: (mode: Mode) => void
}

/** Whose hub this is, and whether what is done here is real. */
export const Header = ({ me, onLeave, onMode }: Props) => {
  const other = me.mode === 'live' ? 'test' : 'live'
  const { name, means } = modeInWords[me.mode]
  return (
    <header className="header">
      <div className="header-inside">
        <div className="brand">
          <img src={iconUrl} alt="" width={36} height={36} />
          <div>
            <h1>AI-Now Hub</h1>
            <p>Connect your accounts</p>
          </div>
        </div>
        <div className="whose">
          <p>
            {me.workspace.name}, {me.person?.name ?? me.key?.name}
          </p>
          <button type="button" className="link" onClick={onLeave}>
            {me.person ? 'Sign out' : 'Use another key'}
          </button>
        </div>
        <p className={`mode ${me.mode}`}>
          <strong>{name}</strong>
          <span>{means}</span>
          {onMode && (
            <button type="button" className="link" onClick={() => onMode(other)}>
              Go to {modeInWords[other].name}
            </button>
          )}
        </p>
      </div>
    </header>
  )
}
