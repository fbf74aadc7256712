import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inCheckout } from '../../launcher/paths.ts'

/** Everything under `limits:`, with the comments among it. */
const limits = /^limits:.*\n(?:[ #].*\n|\n)*/m

/** Calls a second, whatever is called; or the vendor's own limits. */
export type Rates = Readonly<Record<string, number | 'own'>>

/** Copies connectors into a folder of its own, there with these rates. Both files state limits; the sandbox takes its own first. */
export const copiedConnectors = (rates: Rates): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-connectors-'))
  for (const [id, rate] of Object.entries(rates)) {
    const copy = join(folder, id)
    cpSync(inCheckout('hub-server/connectors', id), copy, { recursive: true })
    if (rate === 'own') continue
    const rewrite = (file: string, put: string) => writeFileSync(join(copy, file), readFileSync(join(copy, file), 'utf8').replace(limits, put))
    rewrite('connector.yaml', `limits: [{ calls: ${rate}, per: 1s, source: "https://bench.example", on: 2026-11-21 }]\n\n`)
    rewrite('sandbox.yaml', '')
  }
  return folder
}
