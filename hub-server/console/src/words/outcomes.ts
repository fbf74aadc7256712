import type { ShownProblem } from '../problem.ts'
import type { Connector, KeyTest } from '../types.ts'

/** What an action led to, and what to do next. */
export interface Outcome {
  readonly tone: 'good' | 'bad' | 'wait'
  readonly title: string
  readonly text: string
  readonly advice?: string
}

export const ofTest = ({ ok, message, connection }: KeyTest, { name, auth }: Connector): Outcome => {
  if (ok)
    return {
      tone: 'good',
      title: `${name} is working`,
      text: message,
      advice: 'Blocks in n8n use this account from now on. You can close this.',
    }
  if (connection.status === 'refused' || connection.status === 'needs_reconnect')
    return {
      tone: 'bad',
      title: connection.status === 'refused' ? `${name} refused this account` : `${name} needs to be connected again`,
      text: message,
      advice:
        `Copy what the form below asks for from ${name} once ` +
        `more${auth.fields.some(({ help }) => help) ? ' (it says where to find it)' : ''}, and press ` +
        '“Connect again”.',
    }
  return {
    tone: 'wait',
    title: `${name} could not be tested`,
    text: message,
    advice: 'The account is saved. Press “Test” again in a few minutes.',
  }
}

export const ofRemoval = (account: string, { name }: Connector): Outcome => ({
  tone: 'good',
  title: `${account} is disconnected`,
  text: `The hub has deleted what it held of this account. At ${name} itself nothing was changed.`,
  advice: `If nobody else uses the key, you may also delete it at ${name}.`,
})

export const ofProblem = ({ title, detail, advice }: ShownProblem): Outcome => ({
  tone: 'bad',
  title,
  text: detail,
  advice,
})

/** The account was saved, but the test itself failed on the way. */
export const ofFailedTest = ({ detail, advice }: ShownProblem): Outcome => ({
  tone: 'wait',
  title: 'Saved, but not tested yet',
  text: detail,
  advice: `${advice} Then press “Test”.`,
})
