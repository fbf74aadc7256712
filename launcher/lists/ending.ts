import { finished, type Run, type Summary } from './contract.ts'
import { count, counted, costs } from './words.ts'

/** Reasons that are named on one line; rarer ones are counted. */
const namedReasons = 3

/** The last line about a run that is over: what became of its items, and why some gave nothing. */
export function endText({ items: counts }: Run, summary: Summary): string {
  const parts = [`${count(counts.done)} done${whatCame(counts.done, summary)}`]
  for (const state of ['skipped', 'failed', 'uncertain'] as const) {
    if (counts[state] > 0) parts.push(`${count(counts[state])} ${state}${why(state, summary)}`)
  }
  return `Done: ${counted(counts.total, 'item')}: ${parts.join(', ')}.`
}

/** The last line about a run that was stopped before it was over. */
export function stoppedText(run: Run): string {
  const open = run.items.total - finished(run)
  return (
    `Stopped: ${count(open)} of ${counted(run.items.total, 'item')} not asked yet; run the same command again ` +
    'to go on.'
  )
}

/** What was paid, or in mode test would have been. */
export function costText({ usage, mode }: Run): string {
  const kept = usage.cached > 0 ? `, and ${counted(usage.cached, 'kept answer')} at no cost` : ''
  return `Cost: ${costs(usage.price, mode)} for ${counted(usage.calls, 'call')}${kept}.`
}

/** What to do about each kind of item that gave nothing, a line for each. */
export function cures({ reasons }: Summary): string[] {
  return reasons
    .filter(({ status, advice }) => status !== 'done' && advice !== undefined)
    .slice(0, namedReasons)
    .map(
      ({ reason, advice, items, first }) =>
        `${counted(items, 'item')} (the first is item ${count(first + 1)}): ${reason} ${advice}`,
    )
}

function whatCame(done: number, { outputs, empty, counted: values }: Summary): string {
  const parts = (values?.values ?? []).map(
    ({ value, outputs: number }) => `${count(number)} ${value.replaceAll('_', ' ')}`,
  )
  if (parts.length === 0 && outputs !== done) parts.push(`${counted(outputs, 'result')}`)
  if (empty > 0) parts.push(`${count(empty)} without a result`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function why(state: 'skipped' | 'failed' | 'uncertain', { reasons }: Summary): string {
  const all = reasons.filter(({ status }) => status === state)
  const [only] = all
  if (only === undefined) return ''
  if (all.length === 1) return `: ${sentence(only.reason)}`
  const named = all.slice(0, namedReasons).map(({ reason, items }) => `${count(items)} × ${sentence(reason)}`)
  const rest = all.length - named.length
  return `: ${[...named, ...(rest > 0 ? [`${counted(rest, 'other reason')}`] : [])].join('; ')}`
}

/** Without the stop that would end the line early. */
function sentence(reason: string): string {
  return reason.replace(/\.$/, '')
}

/**
 * Why a run has paused, what to do, and how it goes on.
 * @param again the line with the command that goes on, with that budget if one is given (US dollars)
 */
export function pausedText(run: Run, again: (budget: number | undefined) => string): string {
  const { kind, message, advice } = run.error ?? {
    kind: '',
    message: 'The hub does not say why.',
    advice: 'Look into its log.',
  }
  const isBudget = kind === 'over_budget'
  const spent = run.usage.price / 1_000_000
  const budget = isBudget ? roundUp(Math.max(2 * (run.budget ?? 0), 2 * spent, 1)) : undefined
  return [
    `Paused: ${message} ${advice}`,
    `${count(run.items.pending)} of ${counted(run.items.total, 'item')} are still to do; ` +
      `${costs(run.usage.price, run.mode)} is spent. Nothing is lost and nothing is paid twice.`,
    `${isBudget ? 'To go on with a larger budget' : 'The same command goes on'}:`,
    again(budget),
  ].join('\n')
}

/** To whole cents. */
function roundUp(dollars: number): number {
  return Math.ceil(Number((dollars * 100).toFixed(4))) / 100
}
