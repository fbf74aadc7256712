import type { Run } from './contract.ts'
import { count, counted, money } from './words.ts'

/** What became of a run that is over, in a sentence or two. */
export function endText({ status, items: counts, usage }: Run): string {
  const parts = [`${count(counts.done)} done`]
  for (const state of ['skipped', 'failed', 'uncertain'] as const) if (counts[state] > 0) parts.push(`${count(counts[state])} ${state}`)
  const cost = `${money(usage.price)} for ${counted(usage.calls, 'call')}${usage.cached > 0 ? `, and ${counted(usage.cached, 'kept answer')} at no cost` : ''}`
  return `${status === 'cancelled' ? 'Cancelled' : 'Done'}: ${counted(counts.total, 'item')}, ${parts.join(', ')}. Cost: ${cost}.`
}

/**
 * Why a run has paused, what to do, and how it goes on.
 * @param again the line with the command that goes on, with that budget if one is given (US dollars)
 */
export function pausedText(run: Run, again: (budget: number | undefined) => string): string {
  const { kind, message, advice } = run.error ?? { kind: '', message: 'The hub does not say why.', advice: 'Look into its log.' }
  const isBudget = kind === 'over_budget'
  const spent = run.usage.price / 1_000_000
  const budget = isBudget ? roundUp(Math.max(2 * (run.budget ?? 0), 2 * spent, 1)) : undefined
  return [
    `Paused: ${message} ${advice}`,
    `${count(run.items.pending)} of ${counted(run.items.total, 'item')} are still to do; ${money(run.usage.price)} is spent. Nothing is lost and nothing is paid twice.`,
    `${isBudget ? 'To go on with a larger budget' : 'The same command goes on'}:`,
    again(budget),
  ].join('\n')
}

/** To whole cents. */
function roundUp(dollars: number): number {
  return Math.ceil(Number((dollars * 100).toFixed(4))) / 100
}
