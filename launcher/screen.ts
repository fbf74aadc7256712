/** Writes one line for the user. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** Writes one line for the user about something that is wrong. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Seconds since `start` (milliseconds, as `performance.now()` gives), for people: `0.8 s`, `82 s`. */
export function secondsSince(start: number): string {
  const seconds = (performance.now() - start) / 1000
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
}
