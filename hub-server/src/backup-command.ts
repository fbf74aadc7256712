import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Config } from './config.ts'
import { HubError } from './contracts/errors.ts'
import { anonymise } from './db/anonymise/anonymise.ts'
import { backup } from './db/backup.ts'
import { protectionOf, type Opening } from './db/backup-encryption.ts'
import { passphraseFrom } from './db/backup-passphrase.ts'
import { openDatabase } from './db/database.ts'
import { checkBackup, restore } from './db/restore.ts'

const options = {
  'passphrase-file': { type: 'string' },
  recipient: { type: 'string', multiple: true },
  identity: { type: 'string' },
  unencrypted: { type: 'boolean' },
  'without-sealing-key': { type: 'boolean' },
  'passphrase-file-out': { type: 'string' },
} as const

type Given = ReturnType<typeof read>['values']

/**
 * `hub anonymise <backup> <out>`: the same data with made-up people, for tests and support. No database is opened.
 * @throws HubError with what to do
 */
export const anonymiseCommand = async (words: string[], config: Config): Promise<void> => {
  const { values, positionals } = read(words)
  const [file, out, more] = positionals
  if (!file || !out || more !== undefined)
    throw new HubError('invalid_input', '“anonymise” takes two files.', { advice: 'Say “anonymise <backup> <out>”.' })
  if (existsSync(out))
    throw new HubError('conflict', `There is a file ${out} already, and it is not overwritten.`, {
      advice: 'Name another, or move that one away.',
    })
  const { recipient: recipients, unencrypted, 'passphrase-file-out': passphraseFile } = values
  const passphrase = readable(() => passphraseFrom({ passphraseFile }))
  const protection = protectionOf({ recipients, unencrypted, passphrase })
  const checked = await checkBackup(file, openingOf(values, config))
  await anonymise(checked, out, protection)
  say(
    'The people in it are made up. Not in it: all keys and secrets, who is signed in, and the audit log. Runs that ' +
      'were under way are paused in it, and what is not to be written to no longer matches anybody.',
  )
}

/**
 * `hub backup <file>` and `hub restore <file>`, as a process of their own, while no hub has the data folder.
 * @throws HubError with what to do
 */
export const backupCommand = async (command: 'backup' | 'restore', words: string[], config: Config): Promise<void> => {
  const { values, positionals } = read(words)
  const [file] = positionals
  if (!file || positionals.length > 1)
    throw new HubError('invalid_input', `“${command}” takes one file.`, { advice: `Say “${command} <file>”.` })
  await (command === 'backup' ? save(file, values, config) : bringBack(file, values, config))
}

const read = (words: string[]) => {
  try {
    return parseArgs({ args: words, options, allowPositionals: true, strict: true })
  } catch (cause) {
    throw new HubError('invalid_input', cause instanceof Error ? cause.message : String(cause), {
      advice: `The options are ${Object.keys(options)
        .map((name) => `--${name}`)
        .join(', ')}.`,
      cause,
    })
  }
}

const save = async (file: string, given: Given, config: Config): Promise<void> => {
  const { recipient, unencrypted, 'without-sealing-key': withoutSealingKey } = given
  const isSaid = recipient !== undefined || unencrypted === true
  const protection = protectionOf({
    recipients: recipient ?? (isSaid ? [] : config.backup.recipients),
    unencrypted,
    passphrase: isSaid ? undefined : passphraseOf(given, config),
  })
  const database = await openDatabase({ url: config.databaseUrl, folder: config.data })
  try {
    await backup(database.db, { file, data: config.data, protection, withoutSealingKey })
  } finally {
    await database.close()
  }
}

const bringBack = async (file: string, given: Given, config: Config): Promise<void> => {
  // Before the folder is touched: of a backup that is not whole nothing is restored.
  const checked = await checkBackup(file, openingOf(given, config))
  if (!checked.hasManifest)
    say('This backup is of an earlier version, which did not note what it held: what is missing in it cannot be seen.')
  const database = await openDatabase({ url: config.databaseUrl, folder: config.data, leastFree: config.leastFree })
  try {
    await restore(database.db, checked, config.data)
  } finally {
    await database.close()
  }
  if (!checked.hasSealingKey && config.sealingKeys === undefined)
    say(
      'The sealing key is not in this backup. Before you start the hub, put it where it was (sealing.key in the data ' +
        'folder, or SEALING_KEY_FILE): without it every account must be connected again.',
    )
}

const passphraseOf = ({ 'passphrase-file': file }: Given, { backup: settings }: Config): string | undefined =>
  readable(() => passphraseFrom({ ...settings, ...(file !== undefined && { passphraseFile: file }) }))

const openingOf = (given: Given, config: Config): Opening => {
  const file = given.identity ?? config.backup.identityFile
  return {
    passphrase: passphraseOf(given, config),
    ...(file !== undefined && { identity: readable(() => readFileSync(file, 'utf8')) }),
  }
}

const readable = <Value>(work: () => Value): Value => {
  try {
    return work()
  } catch (cause) {
    throw new HubError('not_found', `What is to be read cannot be: ${cause instanceof Error ? cause.message : ''}.`, {
      advice: 'Name a file that is there and that the hub’s user may read.',
      cause,
    })
  }
}

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`)
