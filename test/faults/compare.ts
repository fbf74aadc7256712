import type { CutOff } from '../../hub-server/src/sandbox/vendors/cut-off.ts'
import type { Played } from './play.ts'
import type { ReadEvent } from './readers.ts'
import type { ItemResult } from './work.ts'

/** Calls in flight at the kills: not answered yet, or answered at most 250 ms before and still to be read and kept. */
export const underWay = ({ unanswered, justAnswered }: CutOff): number => unanswered + justAnswered

/** A result as text, without when it was found out. */
export const ofItem = (result: ItemResult | undefined): string => JSON.stringify(result, (key, value: unknown) => (key === 'verifiedAt' ? undefined : value))

/** Those subjects whose events are not numbered 1, 2, 3 … in the order of all. */
export const sequencesAreWhole = (events: readonly ReadEvent[]): string[] =>
  [...Map.groupBy(events, ({ subject }) => subject)].filter(([, own]) => own.some(({ seq }, at) => seq !== at + 1)).map(([subject]) => subject)

/** What a person reads after a run: one figure a line. */
export const summaryOf = (name: string, { outcomes, faults, smallRuns, readers, events, seconds }: Played): string => {
  const sum = [...faults.values()].reduce((all, times) => all + times, 0)
  const lines = [
    `${name}: ${seconds} s, ${sum} faults (${[...faults].map(([kind, times]) => `${kind} ${times}`).join(', ')})`,
    ...outcomes.map(({ work, results, bill, least, cutOff, met, messages }) => {
      const of = (status: ItemResult['status']): number => results.filter((result) => result.status === status).length
      const ends = `${results.length} items: ${of('done')} done, ${of('failed')} failed, ${of('uncertain')} uncertain`
      const calls = `calls answered ${bill.answered} (at least ${least.answered}), credits ${bill.credits} (at least ${least.credits})`
      return `  ${work.name}: ${ends}; ${calls}; in flight at kills ${underWay(cutOff)} (${cutOff.unanswered} unanswered, ${cutOff.justAnswered} just answered), met an outage ${met}${work.name === 'send' ? `; messages ${messages.length} to ${new Set(messages).size} addresses` : ''}`
    }),
    `  events: ${events.length} of ${smallRuns.length + outcomes.length} runs; the readers read ${readers.map((reader) => reader.events.length).join(', ')}`,
  ]
  return `${lines.join('\n')}\n`
}
