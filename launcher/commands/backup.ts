import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { kindOfBackup } from '../../hub-server/src/db/backup-kind.ts'
import { passphraseFrom } from '../../hub-server/src/db/backup-passphrase.ts'
import { readArguments } from '../arguments.ts'
import { askForNewPassphrase, askSecretly, canAsk } from '../ask-secretly.ts'
import { runHubCommand } from '../hub-command.ts'
import { askHub } from '../lists/rest.ts'
import { size } from '../lists/words.ts'
import { dataFolder, makePrivate, type DataFolder } from '../paths.ts'
import { misuse, Problem, textOf } from '../problem.ts'
import { requireNotRunning, runningHub } from '../running-hub.ts'
import { say } from '../screen.ts'

const options = {
  data: { type: 'string' },
  'passphrase-file': { type: 'string' },
  recipient: { type: 'string', multiple: true },
  unencrypted: { type: 'boolean' },
  'without-sealing-key': { type: 'boolean' },
} as const

/** How a backup is protected, as the hub's door for backups takes it. */
export type Protection = { passphrase: string } | { recipients: string[] } | { unencrypted: true }

/** `./hub backup [file]`: a hub that runs with this data folder writes it itself and goes on. */
export async function backup(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, options, 1)
  const ending = values.unencrypted ? 'jsonl.gz' : 'jsonl.gz.age'
  const file = resolve(
    positionals[0] ?? `hub-backup-${new Date().toISOString().slice(0, 16).replace(':', '')}.${ending}`,
  )
  if (existsSync(file))
    throw new Problem(
      `There is a file ${file} already, and it is not overwritten. Name another, or move that one away.`,
    )
  const protection = await readProtection(values)
  const withoutSealingKey = values['without-sealing-key'] === true
  const data = dataFolder(values.data)
  makePrivate(data)
  const hub = await runningHub(data, stop)
  if (hub === undefined) {
    if ((await runHub(['backup', file, ...wordsOf(protection, withoutSealingKey)], protection, data, stop)) !== 0)
      return 1
  } else {
    const door = { address: hub.address, key: hub.ownerKey }
    const body = { file, ...protection, withoutSealingKey }
    await askHub(door, 'Saving what the hub keeps', '/v1/backup', { method: 'POST', body }, stop)
  }
  say(`Saved: ${file} (${size(statSync(file).size)}). ${careOf(protection, withoutSealingKey)}`)
  return 0
}

function careOf(protection: Protection, withoutSealingKey: boolean): string {
  const key = withoutSealingKey
    ? ' The sealing key is not in it: keep a copy of that elsewhere, or the accounts’ secrets in it stay closed.'
    : ''
  if ('unencrypted' in protection)
    return (
      'It is NOT encrypted and holds the keys of this hub and all its leads: keep it where nobody else can read it.' +
      key
    )
  const opens = 'passphrase' in protection ? 'that passphrase' : 'the identities of those recipients'
  return `It is encrypted, and nothing but ${opens} opens it.${key}`
}

export async function readProtection(values: {
  'passphrase-file'?: string
  recipient?: string[]
  unencrypted?: boolean
}): Promise<Protection> {
  const { 'passphrase-file': passphraseFile, recipient, unencrypted } = values
  const named = [passphraseFile, recipient, unencrypted].filter((one) => one !== undefined)
  if (named.length > 1) throw misuse('Give one of --passphrase-file, --recipient and --unencrypted.')
  if (unencrypted) return { unencrypted }
  if (recipient !== undefined) return { recipients: recipient }
  if (passphraseFile === undefined) {
    const recipients = (process.env['BACKUP_RECIPIENTS'] ?? '').split(',').map((one) => one.trim())
    if (recipients.some((one) => one !== '')) return { recipients: recipients.filter((one) => one !== '') }
  }
  const passphrase = givenPassphrase(passphraseFile)
  if (passphrase !== undefined) return { passphrase }
  if (canAsk()) return { passphrase: await askForNewPassphrase() }
  throw misuse(
    'A backup holds every key and every lead, so it is encrypted, and there is no terminal to ask for a passphrase.\n' +
      'Give --passphrase-file <file> (or BACKUP_PASSPHRASE_FILE), --recipient age1… (or BACKUP_RECIPIENTS), or say ' +
      '--unencrypted.',
  )
}

/** From the file that is named, or the settings. */
function givenPassphrase(file: string | undefined): string | undefined {
  const passphraseFile = file ?? (process.env['BACKUP_PASSPHRASE_FILE'] || undefined)
  try {
    return passphraseFrom({ passphraseFile, passphrase: process.env['BACKUP_PASSPHRASE'] || undefined })
  } catch (error) {
    throw new Problem(`The passphrase cannot be read: ${textOf(error)}.`)
  }
}

/** The passphrase is no word: other programs see those. */
export function wordsOf(protection: Protection, withoutSealingKey: boolean): string[] {
  return [
    ...('unencrypted' in protection ? ['--unencrypted'] : []),
    ...('recipients' in protection ? protection.recipients.flatMap((one) => ['--recipient', one]) : []),
    ...(withoutSealingKey ? ['--without-sealing-key'] : []),
  ]
}

const restoreOptions = {
  data: { type: 'string' },
  'passphrase-file': { type: 'string' },
  identity: { type: 'string' },
} as const

/** `./hub restore <file>` */
export async function restore(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, restoreOptions, 1)
  const [file] = positionals
  if (file === undefined)
    throw misuse('./hub restore needs the file of a backup, e.g. ./hub restore hub-backup.jsonl.gz.age')
  const data = dataFolder(values.data)
  makePrivate(data)
  await requireNotRunning(data, 'restore into another folder with --data', stop)
  const opening = await readOpening(resolve(file), values['passphrase-file'])
  const identity = values.identity === undefined ? [] : ['--identity', resolve(values.identity)]
  const end = await runHub(['restore', resolve(file), ...identity], opening, data, stop)
  if (end === 0)
    say(`Restored into ${data.root}. Start it with ./hub up${values.data ? ` --data ${values.data}` : ''}.`)
  return end
}

/** Asks for the passphrase where the file needs one; the hub's own words tell what else is wrong with it. */
export async function readOpening(file: string, passphraseFile: string | undefined): Promise<{ passphrase?: string }> {
  if (!existsSync(file) || kindOfBackup(file) !== 'passphrase') return {}
  const passphrase = givenPassphrase(passphraseFile)
  if (passphrase !== undefined) return { passphrase }
  return canAsk() ? { passphrase: await askSecretly('Passphrase of the backup: ') } : {}
}

/** The passphrase goes by the environment, which others' programs do not see. */
export async function runHub(
  words: string[],
  given: { passphrase?: string } | Protection,
  data: DataFolder,
  stop: AbortSignal,
): Promise<number> {
  const passphrase = 'passphrase' in given ? given.passphrase : undefined
  const env = { BACKUP_PASSPHRASE_FILE: '', BACKUP_RECIPIENTS: '', BACKUP_PASSPHRASE: passphrase ?? '' }
  return runHubCommand(words, data, env, stop)
}
