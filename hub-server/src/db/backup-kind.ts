import { closeSync, openSync, readSync } from 'node:fs'

/**
 * What opens a backup: nothing, a passphrase, an age identity; `unknown` is no backup. This file needs nothing but
 * Node: the launcher asks for what is missing.
 */
export type BackupKind = 'open' | 'passphrase' | 'identity' | 'unknown'

/** Longer than the header of a file for some hundred recipients. */
const headerBytes = 64 * 1024

/** By the file's beginning (https://age-encryption.org/v1, https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1). */
export const kindOfBackup = (file: string): BackupKind => {
  const begin = Buffer.alloc(headerBytes)
  const handle = openSync(file, 'r')
  const length = readSync(handle, begin, 0, headerBytes, 0)
  closeSync(handle)
  if (length > 2 && begin[0] === 0x1f && begin[1] === 0x8b) return 'open'
  const text = begin.toString('latin1', 0, length)
  if (!text.startsWith('age-encryption.org/v1\n')) return 'unknown'
  return text.includes('\n-> scrypt ') ? 'passphrase' : 'identity'
}
