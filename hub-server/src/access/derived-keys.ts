import { hkdfSync } from 'node:crypto'

/** Keys for another use, which tell nothing of the ones that they are made of (RFC 5869). */
export const derivedKeys = (keys: readonly Buffer[], use: string): Uint8Array[] =>
  keys.map((key) => new Uint8Array(hkdfSync('sha256', key, Buffer.alloc(0), `ai-now hub ${use}`, 32)))
