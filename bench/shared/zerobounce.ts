import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectorsFolder } from './hub.ts'

/**
 * A folder of connectors with ZeroBounce alone, without its limits (30 batches a minute, which would be all that is
 * measured) and with credits for as many addresses as one likes.
 */
export const openZeroBounce = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-connectors-'))
  cpSync(join(connectorsFolder, 'zerobounce'), join(folder, 'zerobounce'), { recursive: true })
  rewrite(join(folder, 'zerobounce', 'connector.yaml'), limits, 'limits: []\n\n')
  rewrite(join(folder, 'zerobounce', 'sandbox.yaml'), /^credits: .*$/m, 'credits: 1000000000')
  return folder
}

/** Everything under `limits:`, with the comments among it. */
export const limits = /^limits:.*\n(?:[ #].*\n|\n)*/m

/** @throws where there is nothing like it: a benchmark of what the vendor allows would look like one of the hub */
export const rewrite = (file: string, what: RegExp, by: string): void => {
  const text = readFileSync(file, 'utf8')
  const changed = text.replace(what, by)
  if (changed === text) throw new Error(`${file} holds nothing like ${String(what)}`)
  writeFileSync(file, changed)
}
