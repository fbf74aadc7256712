import { readFileSync } from 'node:fs'

/**
 * Where a passphrase may stand, the file before the text. This file needs nothing but Node: the launcher reads, too.
 */
export interface PassphraseSource {
  readonly passphraseFile?: string
  readonly passphrase?: string
}

/** Of a file, the first line: editors put a line feed behind it. */
export const passphraseFrom = ({ passphraseFile, passphrase }: PassphraseSource): string | undefined =>
  passphraseFile === undefined ? passphrase : readFileSync(passphraseFile, 'utf8').split(/\r?\n/)[0]
