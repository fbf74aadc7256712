import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { HubError } from '../contracts/errors.ts'

/** Seals secrets: `v1.keyId.nonce.ciphertext`, AES-256-GCM, bound to where it belongs. */
export interface Sealer {
  readonly seal: (plain: string, boundTo: string) => string
  /** @throws HubError unavailable when the key is not known or the text was changed or moved */
  readonly open: (sealed: string, boundTo: string) => string
}

/**
 * @param keys 32 bytes each; the first seals, all open (so a key is rotated by putting a new one in front)
 */
export const createSealer = (keys: readonly Buffer[]): Sealer => {
  const named = keys.map((key) => ({ id: createHash('sha256').update(key).digest('base64url').slice(0, 8), key }))
  const [current] = named
  if (!current || keys.some((key) => key.length !== 32))
    throw new HubError('invalid_input', 'The sealing key is not 32 bytes long.', {
      advice: 'Give 32 bytes in base64, or remove the setting to have a key made.',
    })
  return {
    seal: (plain, boundTo) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(Buffer.from(boundTo))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v1.${current.id}.${nonce.toString('base64url')}.${text.toString('base64url')}`
    },
    open: (sealed, boundTo) => {
      const [version, id, nonce, text] = sealed.split('.')
      const key = named.find((each) => each.id === id)?.key
      if (version !== 'v1' || !nonce || !text || !key)
        throw cannotOpen('it was sealed with a key that this hub does not have')
      const bytes = Buffer.from(text, 'base64url')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'))
          .setAAD(Buffer.from(boundTo))
          .setAuthTag(bytes.subarray(-16))
        return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw cannotOpen('it was changed, or belongs elsewhere', cause)
      }
    },
  }
}

const cannotOpen = (why: string, cause?: unknown) =>
  new HubError('unavailable', `A stored secret could not be opened: ${why}.`, {
    advice: 'Put back the sealing key that this data was made with, or connect the account again on /connect.',
    cause,
  })

/**
 * The keys in a file readable by its owner alone, one a line; made at the first start.
 * @throws HubError conflict when it can neither be read nor made
 */
export const keysFromFile = (file: string): Buffer[] => {
  try {
    if (!existsSync(file)) {
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, `${randomBytes(32).toString('base64')}\n`)
      fsyncSync(handle)
      closeSync(handle)
    }
    return readFileSync(file, 'utf8')
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((key) => Buffer.from(key, 'base64'))
  } catch (cause) {
    throw new HubError('conflict', `The sealing key in ${file} cannot be read or made.`, {
      advice: 'Check that its folder is there and that the hub’s user may read it, or change SEALING_KEY_FILE.',
      cause,
    })
  }
}
