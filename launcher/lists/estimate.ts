import { table } from '../demo/table.ts'
import type { Estimate, Mode } from './contract.ts'
import { count, counted, madeUp, money, span } from './words.ts'

/** Reasons that are shown; rarer ones are counted. */
const shownReasons = 8

/** What a run would be, in plain words. */
export function estimateText(estimate: Estimate, mode: Mode): string {
  const { total, looked, unable } = estimate.items
  const lines = [
    `${counted(total, 'item')}: ${count(total - unable)} can work${unable > 0 ? `, ${count(unable)} cannot:` : '.'}`,
  ]
  for (const { reason, advice, items: number, first } of estimate.reasons.slice(0, shownReasons)) {
    lines.push(`  ${count(number)} × ${reason} (the first is item ${count(first + 1)})`, `      ${advice}`)
  }
  const rest = estimate.reasons.slice(shownReasons)
  if (rest.length > 0)
    lines.push(`  ${count(rest.reduce((sum, { items: number }) => sum + number, 0))} for ${rest.length} other reasons`)
  lines.push(
    `Calls to services: ${range(estimate.calls, count)}${
      estimate.cached > 0 ? `, and ${counted(estimate.cached, 'kept answer')} ` + 'at no cost' : ''
    }.`,
  )
  lines.push(
    `Price: ${range(estimate.price, money)}${mode === 'test' ? madeUp : ''}.`,
    `Time: about ${span(estimate.seconds)}.`,
  )
  if (looked < total) lines.push(`Looked at ${count(looked)} of ${counted(total, 'item')}; the figures are scaled up.`)
  if (estimate.providers.length > 0) lines.push('', providers(estimate, mode))
  return lines.join('\n')
}

function range({ low, likely, high }: Estimate['calls'], written: (number: number) => string): string {
  return low === high ? written(likely) : `about ${written(likely)}, between ${written(low)} and ${written(high)}`
}

function providers({ providers }: Estimate, mode: Mode): string {
  const rows = providers.map((one) => [
    one.provider,
    one.operation,
    count(one.calls),
    money(one.price),
    span(one.seconds),
  ])
  return table(
    ['Service', 'Operation', 'Calls', mode === 'test' ? 'Price (made up)' : 'Price', 'Time'],
    rows,
    [30, 30, 12, 16, 12],
  )
}
