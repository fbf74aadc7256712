import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { settings, type Setting } from '../../hub-server/src/settings.ts'

/**
 * Makes .env.example from the settings in the hub's config.ts.
 *
 *   node test/generate/env-example.ts            writes it
 *   node test/generate/env-example.ts --check    says whether it is stale, and fails if so
 */
const file = fileURLToPath(new URL('../../.env.example', import.meta.url))

const width = 118

const head = `# The settings of the hub. Made by test/generate/env-example.ts from hub-server/src/config.ts.
# Change it there.
#
# Each line shows what holds without it, or how a value looks. To set something, copy this file to .env, take the # away
# and let the shell read it:
#
#   set -a; . ./.env; set +a; ./hub up
`

/** In lines of comments. */
const wrapped = (text: string): string[] =>
  text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1)
    return last !== undefined && last.length + 1 + word.length <= width
      ? [...lines.slice(0, -1), `${last} ${word}`]
      : [...lines, `# ${word}`]
  }, [])

const entry = ([name, setting]: [string, Setting]): string => {
  const unset = setting.unset === undefined ? '' : ` Not set: ${setting.unset}.`
  const value = setting.default ?? setting.example ?? ''
  return [...wrapped(setting.description + unset), `# ${name}=${value}`, ''].join('\n')
}

/** The file, as the settings want it now. */
export const envExample = (): string => [head, ...Object.entries(settings).map(entry)].join('\n')

export const isFresh = (): boolean => readFileSync(file, 'utf8') === envExample()

const isMain = import.meta.url === pathToFileURL(process.argv[1] ?? '').href
if (isMain && process.argv.includes('--check')) {
  if (!isFresh()) {
    process.stderr.write(`Stale, run "node test/generate/env-example.ts": ${file}\n`)
    process.exitCode = 1
  }
} else if (isMain) writeFileSync(file, envExample())
