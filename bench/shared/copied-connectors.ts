import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectorsFolder } from './hub.ts'

/** Made-up calls a second, whatever is called; no limit at all; or the vendor's own, as published. */
export type Rates = Readonly<Record<string, number | 'none' | 'own'>>

/** Everything under `limits:`, with the comments among it. */
const limits = /^limits:.*\n(?:[ #].*\n|\n)*/m

/**
 * Copies connectors into a folder of its own, there with these rates. A vendor without limits has credits for as many
 * calls as one likes.
 */
export const copiedConnectors = (rates: Rates): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-connectors-'))
  for (const [id, rate] of Object.entries(rates)) {
    const copy = join(folder, id)
    cpSync(join(connectorsFolder, id), copy, { recursive: true })
    if (rate === 'own') continue
    rewrite(join(copy, 'connector.yaml'), limits, limitsOf(rate))
    const sandbox = join(copy, 'sandbox.yaml')
    // Where it states limits, too, these would come first.
    if (limits.test(readFileSync(sandbox, 'utf8'))) rewrite(sandbox, limits, '')
    if (rate === 'none') rewrite(sandbox, /^credits: .*$/m, 'credits: 1000000000')
    else namesTheSecond(sandbox)
  }
  return folder
}

/** HubSpot's refusals name the window that was full, and the hub keeps away for as long: that is one second here. */
const namesTheSecond = (sandbox: string): void => {
  const text = readFileSync(sandbox, 'utf8')
  writeFileSync(
    sandbox,
    text.replaceAll('TEN_SECONDLY_ROLLING', 'SECONDLY').replaceAll('ten_secondly_rolling', 'secondly'),
  )
}

const limitsOf = (rate: number | 'none'): string =>
  rate === 'none'
    ? 'limits: []\n\n'
    : `limits: [{ calls: ${rate}, per: 1s, source: "https://bench.example", on: 2026-11-21 }]\n\n`

/** @throws where there is nothing like it: a benchmark of what the vendor allows would look like one of the hub */
const rewrite = (file: string, what: RegExp, by: string): void => {
  const text = readFileSync(file, 'utf8')
  const changed = text.replace(what, by)
  if (changed === text) throw new Error(`${file} holds nothing like ${String(what)}`)
  writeFileSync(file, changed)
}
