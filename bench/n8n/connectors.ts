import { cpSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inCheckout } from '../../launcher/paths.ts'
import { limits, rewrite } from '../shared/zerobounce.ts'

/** Calls a second, whatever is called; or the vendor's own limits. */
export type Rates = Readonly<Record<string, number | 'own'>>

/**
 * Copies connectors into a folder of its own, there with these rates. Both files state limits; the sandbox takes its
 * own first.
 */
export const copiedConnectors = (rates: Rates): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-connectors-'))
  for (const [id, rate] of Object.entries(rates)) {
    const copy = join(folder, id)
    cpSync(inCheckout('hub-server/connectors', id), copy, { recursive: true })
    if (rate === 'own') continue
    rewrite(
      join(copy, 'connector.yaml'),
      limits,
      `limits: [{ calls: ${rate}, per: 1s, source: "https://bench.example", on: 2026-11-21 }]\n\n`,
    )
    const sandbox = join(copy, 'sandbox.yaml')
    if (limits.test(readFileSync(sandbox, 'utf8'))) rewrite(sandbox, limits, '')
  }
  return folder
}
