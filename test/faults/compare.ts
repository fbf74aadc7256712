import type { CutOff } from '../../hub-server/src/sandbox/vendors/cut-off.ts'
import type { Outcome, Played } from './play.ts'
import type { ReadEvent } from './readers.ts'
import type { ItemResult } from './work.ts'

/**
 * Calls in flight at a kill or a stop: not answered yet, or answered at most 250 ms before and still to be read and
 * kept.
 */
export const underWay = ({ unanswered, justAnswered }: CutOff): number => unanswered + justAnswered

const ofTheRun = new Set(['verifiedAt', 'at', 'ledger'])

/** A result as text, without when it was found out and in which row of the ledger that stands. */
export const ofItem = (result: ItemResult | undefined): string =>
  JSON.stringify(result, (key, value: unknown) => (ofTheRun.has(key) ? undefined : value))

/** Those subjects whose events are not numbered 1, 2, 3 … in the order of all. */
export const sequencesAreWhole = (events: readonly ReadEvent[]): string[] =>
  [...Map.groupBy(events, ({ subject }) => subject)]
    .filter(([, own]) => own.some(({ seq }, at) => seq !== at + 1))
    .map(([subject]) => subject)

/** Those that stand there more than once. */
export const doublesOf = (values: readonly string[]): string[] =>
  [...Map.groupBy(values, (value) => value)].filter(([, same]) => same.length > 1).map(([value]) => value)

const peopleText = ({ people, faultlessPeople }: Outcome): string => {
  const before = new Map(faultlessPeople)
  const other = people.filter(([address, record]) => before.get(address) !== record).length
  const doubles = doublesOf(people.map(([address]) => address)).length
  return (
    `; records ${people.length} (${faultlessPeople.length} people), ${doubles} people twice, ${other} with ` +
    'other fields'
  )
}

const workText = (outcome: Outcome): string => {
  const { work, results, bill, least, inFlight, leaving, met, messages } = outcome
  const of = (status: ItemResult['status']): number => results.filter((result) => result.status === status).length
  const ends = `${results.length} items: ${of('done')} done, ${of('failed')} failed, ${of('uncertain')} uncertain`
  const calls =
    `calls answered ${bill.answered} (at least ${least.answered}), credits ${bill.credits} (at least ` +
    `${least.credits})`
  const flight =
    `in flight at kills and stops ${underWay(inFlight)} (${inFlight.unanswered} unanswered, ` +
    `${inFlight.justAnswered} just answered)`
  const sent =
    work.name === 'send'
      ? `, ${leaving} at most about to leave; messages ${messages.length} to ${new Set(messages).size} addresses`
      : ''
  const synced = work.name === 'sync' ? peopleText(outcome) : ''
  return `  ${work.name} (${work.connector}): ${ends}; ${calls}; ${flight}, met an outage ${met}${sent}${synced}`
}

/** What a person reads after a play: one figure a line. */
export const summaryOf = (name: string, { outcomes, faults, smallRuns, readers, events, seconds }: Played): string => {
  const sum = [...faults.values()].reduce((all, times) => all + times, 0)
  const kinds = [...faults].map(([kind, times]) => `${kind} ${times}`).join(', ')
  const read = readers.map((reader) => reader.events.length).join(', ')
  return [
    `${name}: ${seconds} s, ${sum} faults (${kinds})`,
    ...outcomes.map(workText),
    `  events: ${events.length} of ${smallRuns.length + outcomes.length} runs; the readers read ${read}`,
    '',
  ].join('\n')
}
