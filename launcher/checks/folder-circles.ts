import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path/posix'
import { inCheckout } from '../paths.ts'
import { finish, start } from '../processes.ts'
import { complain } from '../screen.ts'
import { buildEnvironment } from '../tools.ts'
import { failed, passed, type Check } from './check.ts'

/** What is read of a file in dependency-cruiser's JSON report. */
export type Module = { source: string; dependencies: { resolved: string }[] }

/** Folders of which each imports the next one, and the last one the first. */
export type Circle = { folders: string[]; imports: { from: string; to: string }[] }

/**
 * No folder goes in a circle with another, types included. dependency-cruiser's own rules for folders do not see what a
 * folder's files import from the folders inside it, so it only says who imports what.
 */
export function folderCircles(room: string): Check {
  return {
    name: 'circles',
    title: 'Folders that go in circles',
    async run(_data, stop) {
      const folder = mkdtempSync(join(tmpdir(), 'hub-circles-'))
      const report = join(folder, 'report.json')
      const program = inCheckout(room, 'node_modules', '.bin', 'depcruise')
      const args = ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', '--output-to', report]
      try {
        const where = { cwd: inCheckout(room), env: buildEnvironment(), log: 'screen' }
        if ((await finish(start('dependency-cruiser', program, args, where), stop)) !== '0') return failed('circles')
        const circles = circlesOf(JSON.parse(readFileSync(report, 'utf8')).modules)
        for (const { folders, imports } of circles) {
          complain(`These go in a circle: ${folders.join(', ')}`)
          for (const { from, to } of imports) complain(`  ${from} → ${to}`)
        }
        return circles.length === 0 ? passed : failed('circles')
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

/**
 * Within each folder, the folders in it, each with all that is below it, and the folder's own files together. Tests
 * stand beside what they test and belong to no folder.
 */
export function circlesOf(modules: Module[]): Circle[] {
  const levels = new Map<string, Map<string, Circle['imports']>>()
  for (const { source: from, dependencies } of modules) {
    if (!from.startsWith('src/') || from.endsWith('.test.ts')) continue
    for (const { resolved: to } of dependencies) {
      if (!to.startsWith('src/') || dirname(to) === dirname(from)) continue
      const level = commonFolder(dirname(from), dirname(to))
      const imports = levels.get(level) ?? new Map<string, Circle['imports']>()
      levels.set(level, imports)
      const arrow = `${partOf(level, from)} ${partOf(level, to)}`
      imports.set(arrow, [...(imports.get(arrow) ?? []), { from, to }])
    }
  }
  return [...levels.values()].flatMap((imports) => {
    const arrows = [...imports.keys()].map((arrow) => arrow.split(' ') as [string, string])
    return knotsOf(arrows).map((folders) => ({
      folders,
      imports: arrows
        .filter((ends) => ends.every((end) => folders.includes(end)))
        .flatMap((ends) => imports.get(ends.join(' ')) ?? []),
    }))
  })
}

function commonFolder(a: string, b: string): string {
  return `${b}/`.startsWith(`${a}/`) ? a : commonFolder(dirname(a), b)
}

/** What a file counts to in a folder: a folder in it, or `folder/*`, the folder's own files. */
function partOf(folder: string, file: string): string {
  const [first = '', ...more] = relative(folder, file).split('/')
  return more.length === 0 ? `${folder}/*` : `${folder}/${first}`
}

/** Everything that can be come back to, grouped with what is passed on the way. */
function knotsOf(arrows: [string, string][]): string[][] {
  const names = [...new Set(arrows.flat())].sort()
  const reached = new Map(names.map((name) => [name, reachedFrom(name, arrows)]))
  const isTied = (a: string, b: string): boolean => reached.get(a)?.has(b) === true && reached.get(b)?.has(a) === true
  return names
    .filter((name) => isTied(name, name) && names.find((other) => isTied(name, other)) === name)
    .map((name) => names.filter((other) => isTied(name, other)))
}

function reachedFrom(start: string, arrows: [string, string][]): Set<string> {
  const reached = new Set<string>()
  for (let ends = [start]; ends.length > 0;) {
    ends = arrows.filter(([from, to]) => ends.includes(from) && !reached.has(to)).map(([, to]) => to)
    for (const end of ends) reached.add(end)
  }
  return reached
}
