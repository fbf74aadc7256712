import type { Mode } from './contract.ts'

/** A count with separators: 12,345. */
export function count(number: number): string {
  return number.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

/** Micro-USD as dollars: $12.30, and below a cent as exact as it is: $0.0004. */
export function money(micro: number): string {
  const dollars = micro / 1_000_000
  const digits =
    dollars > 0 && dollars < 0.01
      ? { maximumFractionDigits: 6 }
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return `$${dollars.toLocaleString('en-US', digits)}`
}

/**
 * What was or would be paid. Nothing is in mode test: the sandbox makes the prices up, too, and that is always said.
 */
export function costs(micro: number, mode: Mode): string {
  return `${money(micro)}${mode === 'test' ? madeUp : ''}`
}

export const madeUp = ' (made up: test mode)'

/** A time span in the unit that fits it. */
export function span(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (minutes < 90) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.round(minutes / 60 / 24)} days`
}

/** How many of what: 1 item, 2,000 items. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** Bytes for people: 812 KB, 1.4 GB. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3))
  const number = bytes / 1000 ** power
  return `${number < 10 ? number.toFixed(1) : Math.round(number)} ${['', 'KB', 'MB', 'GB'][power]}`
}
