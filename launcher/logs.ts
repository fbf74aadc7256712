import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/** A log for this start; the one of the start before stays beside it as `<name>.previous.log`. */
export function freshLog(folder: string, name: string): string {
  const log = join(folder, `${name}.log`)
  if (existsSync(log)) renameSync(log, join(folder, `${name}.previous.log`))
  return log
}

/** What a program said in plain words: its log without the structured lines (JSON) between them. */
export function plainWords(log: string): string {
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('{'))
  return lines.slice(-20).join('\n') || 'It said nothing in plain words.'
}

/** The last lines of a log file, indented for showing. */
export function lastLines(log: string, count: number): string {
  return readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n')
}
