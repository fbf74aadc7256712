import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { interrupted, Problem } from './problem.ts'

/** Whether there is somebody to ask. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY

/** Asks at the terminal for something that nobody shall read over a shoulder: nothing of it is shown. */
export function askSecretly(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(question)
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve)
    lines.once('SIGINT', () => reject(interrupted()))
    lines.once('close', () => reject(new Problem('Nothing was given.')))
  }).finally(() => {
    lines.close()
    process.stderr.write('\n')
  })
}

/** A new passphrase, twice: a slip of a finger would lock everything up for good. */
export async function askForNewPassphrase(): Promise<string> {
  const passphrase = await askSecretly('Passphrase for the backup: ')
  if ((await askSecretly('The same again: ')) !== passphrase)
    throw new Problem('The two were not the same. Nothing was saved; try again.')
  return passphrase
}
