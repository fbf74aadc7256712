import type { Connection, Connector, Mode } from '../types.ts'

export type Tone = 'good' | 'bad' | 'wait' | 'none'

export interface ShownState {
  readonly tone: Tone
  readonly label: string
  /** Why, where the state needs one. */
  readonly why?: string
}

/** The gravest first: this is what a card with several accounts shows. */
const gravity: readonly Connection['status'][] = ['refused', 'needs_reconnect', 'untested', 'working']

const states: Readonly<Record<Connection['status'], { tone: Tone; label: string }>> = {
  refused: { tone: 'bad', label: 'Refused' },
  needs_reconnect: { tone: 'bad', label: 'Needs reconnecting' },
  untested: { tone: 'wait', label: 'Saved, not tested yet' },
  working: { tone: 'good', label: 'Working' },
}

/** In mode test it is the sandbox that takes an account or refuses it. */
const played = ' in the sandbox'

export const stateOfAccount = ({ status, statusMessage, mode }: Connection): ShownState => ({
  ...states[status],
  label: `${states[status].label}${mode === 'test' ? played : ''}`,
  ...(status !== 'working' && statusMessage && { why: statusMessage }),
})

/** Whether there is nothing to connect. */
export const needsNoAccount = ({ auth, connected }: Connector): boolean => connected && auth.fields.length === 0

/** The state that a connector's card shows. */
export const stateOfConnector = (connector: Connector, accounts: readonly Connection[], mode: Mode): ShownState => {
  const gravest = gravity.flatMap((status) => accounts.filter((each) => each.status === status))[0]
  if (!gravest) {
    if (mode === 'test') return { tone: 'none', label: 'Made-up answers from the sandbox; nothing is connected' }
    if (needsNoAccount(connector)) return { tone: 'good', label: 'Working, needs no account' }
    return { tone: 'none', label: 'Not connected' }
  }
  const state = stateOfAccount(gravest)
  if (accounts.length === 1) return state
  const same = accounts.filter(({ status }) => status === gravest.status).length
  return {
    ...state,
    label: `${state.label}: ${
      same === accounts.length ? `${same} accounts` : `${same} of ${accounts.length} ` + 'accounts'
    }`,
  }
}
