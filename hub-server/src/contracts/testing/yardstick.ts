import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of outside measures; it is no part of the repository. */
export const yardsticks =
  process.env.YARDSTICKS_DIR ?? fileURLToPath(new URL('../../../../../shared/yardsticks', import.meta.url))

const textOf = (path: string): string | undefined => {
  const file = `${yardsticks}/${path}`
  if (existsSync(file)) return readFileSync(file, 'utf8')
  process.stderr.write(`Skipped: there is no ${file}. Set YARDSTICKS_DIR to the folder of yardsticks.\n`)
  return undefined
}

/** A measure's JSON; undefined, said plainly on stderr, where it is not there. */
export const yardstick = <Shape>(path: string): Shape | undefined => {
  const text = textOf(path)
  return text === undefined ? undefined : (JSON.parse(text) as Shape)
}

/** A measure's lines; undefined, said plainly on stderr, where it is not there. */
export const yardstickLines = (path: string): string[] | undefined =>
  textOf(path)
    ?.split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
