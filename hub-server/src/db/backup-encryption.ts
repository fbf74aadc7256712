import { createCipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { Decrypter, Encrypter, Stanza, type Recipient } from 'age-encryption'
import { HubError } from '../contracts/errors.ts'
import { kindOfBackup } from './backup-kind.ts'

/** Whom a backup is for. `nobody` in particular: it is not encrypted. */
export type Protection =
  { readonly passphrase: string } | { readonly recipients: readonly string[] } | { readonly nobody: true }

/** As it is said in a request or on the command line. */
export interface ProtectionWish {
  readonly passphrase?: string
  readonly recipients?: readonly string[]
  readonly unencrypted?: boolean
}

/**
 * @throws HubError invalid_input unless exactly one way is named: nobody gets an open backup by forgetting something
 */
export const protectionOf = ({ passphrase, recipients = [], unencrypted }: ProtectionWish): Protection => {
  const ways: Protection[] = [
    ...(passphrase ? [{ passphrase }] : []),
    ...(recipients.length > 0 ? [{ recipients }] : []),
    ...(unencrypted ? [{ nobody: true as const }] : []),
  ]
  const [way] = ways
  if (way && ways.length === 1) return way
  throw new HubError(
    'invalid_input',
    way ? 'The backup is to be protected in two ways at once.' : 'It is not said how the backup is to be encrypted.',
    {
      advice:
        'Give one of: a passphrase (BACKUP_PASSPHRASE_FILE or --passphrase-file), recipients (BACKUP_RECIPIENTS or ' +
        '--recipient age1…), or --unencrypted.',
    },
  )
}

/** What may open a backup. */
export interface Opening {
  readonly passphrase?: string
  /** AGE-SECRET-KEY-…; several, one a line, as age-keygen writes them. */
  readonly identity?: string
}

/** Less is guessed in days by whoever has the file. */
const shortest = 10

/**
 * As age encrypts (https://age-encryption.org/v1): `age --decrypt` opens it, too.
 * @throws HubError invalid_input for a passphrase that is too short, or a recipient that is none
 */
export const encrypted = async (plain: Readable, protection: Protection): Promise<Readable> => {
  if ('nobody' in protection) return plain
  const encrypter = new Encrypter()
  if ('passphrase' in protection) {
    if (protection.passphrase.length < shortest)
      throw new HubError('invalid_input', `The passphrase has fewer than ${shortest} characters.`, {
        advice: 'Take several words: whoever gets the file can try as often as he likes.',
      })
    encrypter.addRecipient(scryptRecipient(protection.passphrase))
  } else for (const recipient of protection.recipients) addRecipient(encrypter, recipient)
  return Readable.from(await encrypter.encrypt(asWebStream(plain)))
}

/** Made by hand: Node's own conversion has types that a program with a browser's library does not take. */
const asWebStream = (bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const chunks = bytes[Symbol.asyncIterator]()
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await chunks.return?.()),
  })
}

/** 128 MB and some tenths of a second for each guess. */
const workFactor = 17

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/**
 * What the library does for a passphrase, in a thread instead of the hub's own, which would stand still for a second
 * (https://github.com/C2SP/C2SP/blob/main/age.md#the-scrypt-recipient-type).
 */
const scryptRecipient = (passphrase: string): Recipient => ({
  wrapFileKey: async (fileKey) => {
    const salt = randomBytes(16)
    const labelled = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), salt])
    const [N, r] = [2 ** workFactor, 8]
    const key = await derive(passphrase, labelled, 32, { N, r, p: 1, maxmem: 256 * N * r })
    const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: 16 })
    const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
    const unpadded = salt.toString('base64').replaceAll('=', '')
    return [new Stanza(['scrypt', unpadded, String(workFactor)], body)]
  },
})

const addRecipient = (encrypter: Encrypter, recipient: string): void => {
  try {
    encrypter.addRecipient(recipient)
  } catch (cause) {
    throw new HubError('invalid_input', `“${recipient}” is not an age recipient.`, {
      advice: 'Give one that begins with age1…; age-keygen makes one.',
      cause,
    })
  }
}

/**
 * The bytes of a backup, opened.
 * @throws HubError not_found, or invalid_input where it is no backup, or what was given does not open it
 */
export const opened = async (file: string, opening: Opening): Promise<Readable> => {
  const kind = kindOf(file)
  const bytes = createReadStream(file)
  if (kind === 'open') return bytes
  const decrypter = new Decrypter()
  addKeys(decrypter, kind, opening)
  try {
    return Readable.from(await decrypter.decrypt(asWebStream(bytes)))
  } catch (cause) {
    const given = kind === 'passphrase' ? 'passphrase' : 'identity'
    throw new HubError('invalid_input', `The ${given} does not open ${file}, or the file’s beginning was changed.`, {
      advice: `Give the ${given} that it was made for.`,
      cause,
    })
  }
}

const kindOf = (file: string) => {
  try {
    const kind = kindOfBackup(file)
    if (kind !== 'unknown') return kind
  } catch (cause) {
    throw new HubError('not_found', `The file ${file} cannot be read.`, {
      advice: 'Give the file that “backup” wrote.',
      cause,
    })
  }
  throw new HubError('invalid_input', `${file} is not a backup of this hub.`, {
    advice: 'Give the whole file that “backup” wrote.',
  })
}

const addKeys = (decrypter: Decrypter, kind: 'passphrase' | 'identity', { passphrase, identity }: Opening): void => {
  if (kind === 'passphrase' && passphrase) return decrypter.addPassphrase(passphrase)
  const identities = (identity ?? '').split('\n').filter((line) => line.startsWith('AGE-SECRET-KEY-'))
  if (kind === 'identity' && identities.length > 0) {
    for (const one of identities) decrypter.addIdentity(one.trim())
    return
  }
  throw new HubError(
    'invalid_input',
    kind === 'passphrase'
      ? 'This backup is encrypted with a passphrase.'
      : 'This backup is encrypted for a recipient, and only his identity opens it.',
    {
      advice:
        kind === 'passphrase'
          ? 'Give it: ./hub restore asks for it at a terminal, or --passphrase-file names a file with it.'
          : 'Name the file with it: ./hub restore <file> --identity <file of AGE-SECRET-KEY-…>.',
    },
  )
}
