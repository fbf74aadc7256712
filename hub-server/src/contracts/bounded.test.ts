import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Type } from 'typebox'
import { expect, it } from 'vitest'
import { ListOf, MapOf, Line } from './bounded.ts'
import { unboundedIn } from './testing/unbounded.ts'

const room = resolve(import.meta.dirname, '..')
const files = globSync(['contracts/*.ts', 'capabilities/*.ts', 'blocks/*/contract.ts', 'reporting/*.ts', 'api/*.ts'], {
  cwd: room,
}).filter((file) => !/\.test\.ts$|^contracts\/bounded/.test(file))

const isSchema = (value: unknown): boolean => typeof value === 'object' && value !== null && '~kind' in value

/** A module's own schemas, and those of a block's or capability's contract. */
const schemasIn = (value: unknown, name: string): [string, unknown][] => {
  if (isSchema(value)) return [[name, value]]
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Map) return []
  return Object.entries(value).flatMap(([key, inner]) => (isSchema(inner) ? [[`${name}.${key}`, inner]] : []))
}

it('finds what takes anything', () => {
  const schema = Type.Object({ a: Type.String(), b: Type.Array(Line()), c: Type.Record(Type.String(), Type.Integer()) })
  expect(unboundedIn(schema)).toEqual([
    '/a maxLength',
    '/b maxItems',
    '/c maxProperties',
    '/c/^.*$ minimum',
    '/c/^.*$ maximum',
  ])
  expect(unboundedIn(Type.Object({ a: ListOf(Line()), b: MapOf(Line()) }))).toEqual([])
})

it('every text, list, map and number of every contract has a bound', async () => {
  const unbounded: string[] = []
  let schemas = 0
  for (const file of files) {
    const module: Record<string, unknown> = await import(pathToFileURL(resolve(room, file)).href)
    for (const [name, value] of Object.entries(module))
      for (const [path, schema] of schemasIn(value, name)) {
        schemas++
        unbounded.push(...unboundedIn(schema).map((missing) => `${file} ${path}: ${missing}`))
      }
  }
  expect(schemas).toBeGreaterThan(100)
  expect(unbounded).toEqual([])
})
