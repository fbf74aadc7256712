import { differing, unasked } from './compare.ts'
import type { Played } from './play.ts'

/** What a person reads after a play: one figure a line. */
export const summaryOf = ({ outcomes, stops, messages, records, seconds }: Played): string => {
  const sum = [...stops.values()].reduce((all, times) => all + times, 0)
  const kinds = [...stops].map(([kind, times]) => `${kind} ${times}`).join(', ')
  const lines = [...outcomes].map(([{ block, service }, { results, undisturbed, count, least, inFlight }]) => {
    const others = differing(results, undisturbed).length
    const paid = service ? `; ${service.counted} ${count} (undisturbed ${least}), in flight at kills ${inFlight}` : ''
    const uncertain = results.filter(({ status }) => status === 'uncertain').length
    return (
      `  ${block}: ${results.length} items, ${others} other than undisturbed, ${unasked(results).length} “not ` +
      `asked”, ${uncertain} uncertain${paid}`
    )
  })
  const there =
    `  messages ${messages.length} to ${new Set(messages).size} addresses; contacts ` +
    `${records.contacts.length} (undisturbed ${records.undisturbed.length})`
  return [`stops: ${seconds} s, ${sum} moments (${kinds})`, ...lines, there, ''].join('\n')
}
