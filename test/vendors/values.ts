import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** Connector → operation → the beginnings of what may be said otherwise, each explained there. */
const exceptions = parse(readFileSync(new URL('values.yaml', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, readonly string[]>>>
>

/** Beginnings of problems that are none with this vendor; "company employees" is that field of a person's company. */
export const exceptionsOf = (connector: string, operation: string): readonly string[] =>
  exceptions[connector]?.[operation] ?? []

/** Share of facts that the sandbox's vendor has outdated. */
export const wrongShareOf = (folder: string): number => {
  const { wrong = 0 } = parse(readFileSync(join(folder, 'sandbox.yaml'), 'utf8'), { merge: true }) as { wrong?: number }
  return wrong
}
