import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readArguments } from '../arguments.ts'
import { size } from '../lists/words.ts'
import { dataFolder, makePrivate } from '../paths.ts'
import { misuse, Problem } from '../problem.ts'
import { say } from '../screen.ts'
import { readOpening, readProtection, runHub, wordsOf } from './backup.ts'

const options = {
  data: { type: 'string' },
  'passphrase-file': { type: 'string' },
  identity: { type: 'string' },
  'passphrase-file-out': { type: 'string' },
  recipient: { type: 'string', multiple: true },
  unencrypted: { type: 'boolean' },
} as const

/** `./hub anonymise <backup> <out>`: a backup of the same data with made-up people, for tests and support. */
export async function anonymise(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, 2)
  const { recipient, unencrypted, 'passphrase-file-out': out } = values
  const [from, to] = positionals.map((file) => resolve(file))
  if (from === undefined || to === undefined)
    throw misuse('./hub anonymise needs two files: the backup, and where the made-up one goes.')
  if (existsSync(to))
    throw new Problem(`There is a file ${to} already, and it is not overwritten. Name another, or move that one away.`)
  const data = dataFolder(values.data)
  makePrivate(data)
  const opening = await readOpening(from, values['passphrase-file'])
  const protection = await readProtection({
    ...(out !== undefined && { 'passphrase-file': out }),
    ...(recipient !== undefined && { recipient }),
    ...(unencrypted && { unencrypted }),
  })
  const identity = values.identity === undefined ? [] : ['--identity', resolve(values.identity)]
  // The passphrase of the one goes by the environment; the other's by a file, for as long as it is needed.
  const folder = mkdtempSync(join(data.root, 'passphrase-'))
  try {
    const secret =
      'passphrase' in protection ? [`--passphrase-file-out=${writeSecret(folder, protection.passphrase)}`] : []
    const words = ['anonymise', from, to, ...identity, ...secret, ...wordsOf(protection, false)]
    if ((await runHub(words, opening, data, stop)) !== 0) return 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  say(`Saved: ${to} (${size(statSync(to).size)}). Restore it with ./hub restore ${to} --data <an empty folder>`)
  return 0
}

function writeSecret(folder: string, passphrase: string): string {
  const file = join(folder, 'passphrase')
  writeFileSync(file, `${passphrase}\n`, { mode: 0o600 })
  return file
}
