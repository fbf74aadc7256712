import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

const codesIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

/** A row of the glossary: what stands in code letters in its words, and the places that it names. */
const rows = readFileSync(join(checkout, 'docs/glossary.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`'))
  .map((line) => {
    const cells = line.split('|').slice(1, -1)
    const places = codesIn(cells.at(-1) ?? '')
      .filter((place) => /[/.]/.test(place))
      .map((place) => place.replace(/^src\//, 'hub-server/src/'))
    return { line, names: cells.slice(0, -1).flatMap(codesIn), places }
  })

const textOf = (path: string): string =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => !name.includes('.test.') && name !== 'node_modules')
        .map((name) => `${name}\n${textOf(join(path, name))}`)
        .join('\n')
    : readFileSync(path, 'utf8')

test('every place that the glossary names is there', () => {
  expect(rows.length).toBeGreaterThan(50)
  expect(rows.filter(({ places }) => places.length === 0).map(({ line }) => line)).toEqual([])
  expect(rows.flatMap(({ places }) => places).filter((place) => !existsSync(join(checkout, place)))).toEqual([])
})

test('every name of the code that the glossary uses stands where it says', () => {
  const lost = rows.flatMap(({ names, places }) => {
    const text = places.map((place) => textOf(join(checkout, place))).join('\n')
    // Only what looks like a name of the code: no keys, files and headers that are shown as an example.
    return names
      .filter((name) => /^\w+$/.test(name) && !new RegExp(`\\b${name}\\b`).test(text))
      .map((name) => `${name}: ${places.join(', ')}`)
  })
  expect(lost).toEqual([])
})
