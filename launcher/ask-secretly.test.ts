import { spawn, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'

const module = new URL('ask-secretly.ts', import.meta.url).href

const questions = ['Passphrase for the backup: ', 'The same again: ']

/** What stands on a terminal at which somebody answers the two questions. */
async function terminal(answers: [string, string]): Promise<string> {
  const program = `import("${module}").then(async (m) => console.log("GOT " + (await m.askForNewPassphrase()).length))`
  const child = spawn('script', ['-qec', `'${process.execPath}' -e '${program}'`, '/dev/null'])
  const pieces: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => pieces.push(text))
  const closed = new Promise((resolve) => child.once('close', resolve))
  for (const [at, answer] of answers.entries()) {
    while (!pieces.join('').includes(questions[at] ?? '')) await sleep(20)
    child.stdin.write(`${answer}\n`)
  }
  await closed
  return pieces.join('')
}

const hasTerminals = spawnSync('script', ['--version']).error === undefined

test.skipIf(!hasTerminals)('what is asked for secretly is not shown', async () => {
  const shown = await terminal(['several secret words', 'several secret words'])
  expect(shown).toContain('Passphrase for the backup: ')
  expect(shown).toContain('GOT 20')
  expect(shown).not.toContain('secret')
})

test.skipIf(!hasTerminals)('a passphrase that is not the same twice is refused', async () => {
  expect(await terminal(['several secret words', 'other words'])).toContain('not the same')
})
