import { out } from './figures.ts'

/** Under what conditions a benchmark's figures hold. */
export interface Conditions {
  /** Limits, answers and people that exist nowhere outside the benchmark. */
  readonly madeUp: readonly string[]
  /** Parts of the product that a user would have and that do not work here. */
  readonly switchedOff: readonly string[]
  /** What the vendors publish about the limits in play, and which rows keep them. */
  readonly published: readonly string[]
}

/** Prints the conditions, before any figure. */
export const tellConditions = ({ madeUp, switchedOff, published }: Conditions): void => {
  out(section('Made up', madeUp))
  out(section('Switched off', switchedOff))
  out(section('Published', published))
  out('')
}

const width = 15

const section = (title: string, entries: readonly string[]): string => {
  const [first = 'nothing', ...others] = entries
  return [`${`${title}:`.padEnd(width)}${first}`, ...others.map((entry) => ' '.repeat(width) + entry)].join('\n')
}
