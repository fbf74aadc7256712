import { expect, test } from 'vitest'
import { circlesOf, type Module } from './folder-circles.ts'

/** Files and what each of them imports, below src/. */
function modules(imports: Record<string, string[]>): Module[] {
  return Object.entries(imports).map(([source, targets]) => ({
    source: `src/${source}`,
    dependencies: targets.map((resolved) => ({ resolved: `src/${resolved}` })),
  }))
}

function folders(imports: Record<string, string[]>): string[][] {
  return circlesOf(modules(imports)).map((circle) => circle.folders)
}

test('folders that import each other go in a circle, and each import of it is told', () => {
  const circles = circlesOf(modules({ 'a/one.ts': ['b/one.ts'], 'b/two.ts': ['a/two.ts'], 'c/one.ts': ['a/one.ts'] }))
  expect(circles).toEqual([
    {
      folders: ['src/a', 'src/b'],
      imports: [
        { from: 'src/a/one.ts', to: 'src/b/one.ts' },
        { from: 'src/b/two.ts', to: 'src/a/two.ts' },
      ],
    },
  ])
})

test('a circle may go through several folders', () => {
  expect(folders({ 'a/x.ts': ['b/x.ts'], 'b/y.ts': ['c/x.ts'], 'c/y.ts': ['a/y.ts'] })).toEqual([
    ['src/a', 'src/b', 'src/c'],
  ])
})

test('a folder goes in a circle with one inside it', () => {
  expect(folders({ 'a/index.ts': ['a/inner/x.ts'], 'a/inner/x.ts': ['a/types.ts'] })).toEqual([
    ['src/a/*', 'src/a/inner'],
  ])
})

test('what is below a folder counts to it, seen from beside it', () => {
  expect(folders({ 'a/deep/x.ts': ['b/x.ts'], 'b/deep/y.ts': ['a/y.ts'] })).toEqual([['src/a', 'src/b']])
})

test('files of one folder, arrows one way, tests and packages make no circle', () => {
  const imports = { 'a/one.ts': ['a/two.ts', 'b/one.ts'], 'a/two.ts': ['a/one.ts'], 'b/one.test.ts': ['a/one.ts'] }
  expect(folders(imports)).toEqual([])
  expect(circlesOf([{ source: 'src/a/x.ts', dependencies: [{ resolved: 'node_modules/kysely/index.js' }] }])).toEqual(
    [],
  )
})
