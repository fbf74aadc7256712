import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshLog, lastLines, plainWords } from './logs.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hub-logs-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test('plain words leave the structured lines out', () => {
  const log = join(folder, 'hub.log')
  writeFileSync(log, '{"level":30}\nThe data folder is in use.\n\n{"level":50}\n')
  expect(plainWords(log)).toBe('The data folder is in use.')
})

test('a fresh log keeps the one before, and only that', () => {
  const log = freshLog(folder, 'hub')
  writeFileSync(log, 'first')
  freshLog(folder, 'hub')
  writeFileSync(log, 'second')
  freshLog(folder, 'hub')
  expect(readFileSync(join(folder, 'hub.previous.log'), 'utf8')).toBe('second')
})

test('the last lines are the last lines', () => {
  const log = join(folder, 'x.log')
  writeFileSync(log, 'a\nb\nc\n')
  expect(
    lastLines(log, 2)
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['b', 'c'])
})
