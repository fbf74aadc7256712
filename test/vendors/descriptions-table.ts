import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { listIn } from './descriptions-maps.ts'

/** Where the vendors' own descriptions are; they carry no open licence, so they are not part of the project. */
export const folder = process.env.VENDOR_SPECS_DIR ?? fileURLToPath(new URL('../../../shared/vendor-specs', import.meta.url))

/** Whether they are there at all. */
export const there = existsSync(folder)

const own = new URL('descriptions/', import.meta.url)

/** Connector → the content of descriptions/<connector>.yaml. A vendor more is a file more. */
export const tables: Readonly<Record<string, unknown>> = Object.fromEntries(
  readdirSync(own)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => [name.slice(0, -'.yaml'.length), parse(readFileSync(new URL(name, own), 'utf8')) as unknown]),
)

/** Connector → the OpenAPI files that its vendor publishes, from descriptions/<connector>.yaml. */
export const files: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(tables).flatMap(([id, table]) => (listIn(table, 'files').length ? [[id, listIn(table, 'files').map(String)]] : [])),
)
