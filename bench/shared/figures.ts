import { loadavg } from 'node:os'

/** What a figure has to keep. */
export interface Bound {
  readonly most?: number
  readonly least?: number
}

export const keeps = (value: number, { most = Infinity, least = -Infinity }: Bound): boolean =>
  value <= most && value >= least

/** One figure in a line, with its bound and whether it keeps it. */
export const row = (what: string, value: number, unit: string, bound?: Bound): string => {
  const figure = `${what.padEnd(52)}${`${value} ${unit}`.trim().padStart(16)}`
  if (!bound) return figure
  const wanted = bound.most === undefined ? `at least ${bound.least}` : `at most ${bound.most}`
  return `${figure}   bound ${wanted.padEnd(14)} ${keeps(value, bound) ? 'kept' : 'NOT KEPT'}`
}

/** What else the machine does, for it changes every figure: the load average of the last minute. */
export const load = (): number => Number((loadavg()[0] ?? 0).toFixed(1))

export const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits))

export const out = (line: string): void => void process.stdout.write(`${line}\n`)
