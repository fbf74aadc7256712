import type { ShownState } from '../words/states.ts'
import { ToneIcon } from './ToneIcon.tsx'

/** A connector's or an account's state in a few words. */
export const StatePill = ({ state }: { state: ShownState }) => (
  <span className={`state ${state.tone}`}>
    <ToneIcon tone={state.tone} />
    <span>
      <span className="state-label">{state.label}</span>
      {state.why && <span className="state-why"> – {state.why}</span>}
    </span>
  </span>
)
