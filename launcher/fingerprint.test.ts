import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fingerprint, isDone, markDone } from './fingerprint.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-fingerprint-'))
  mkdirSync(join(folder, 'src', 'deep'), { recursive: true })
  writeFileSync(join(folder, 'src', 'deep', 'a.ts'), 'one')
})
afterEach(() => rmSync(folder, { recursive: true }))

const now = (): string => fingerprint([join(folder, 'src')])

test('is the same while nothing changes, whatever the times of the files', () => {
  const before = now()
  utimesSync(join(folder, 'src', 'deep', 'a.ts'), 1, 1)
  expect(now()).toBe(before)
})

test('changes with content, with a new file, with a name and with a fact', () => {
  const seen = [now(), fingerprint([join(folder, 'src')], ['v24'])]
  writeFileSync(join(folder, 'src', 'deep', 'a.ts'), 'two')
  seen.push(now())
  writeFileSync(join(folder, 'src', 'b.ts'), '')
  seen.push(now())
  rmSync(join(folder, 'src', 'b.ts'))
  writeFileSync(join(folder, 'src', 'c.ts'), '')
  seen.push(now())
  expect(new Set(seen).size).toBe(seen.length)
})

test('takes no notice of what tools make', () => {
  const before = now()
  for (const made of ['node_modules', 'dist', '.cache']) {
    mkdirSync(join(folder, 'src', made))
    writeFileSync(join(folder, 'src', made, 'x'), 'x')
  }
  expect(now()).toBe(before)
})

test('counts a missing file as missing, not as empty', () => {
  const file = join(folder, 'lock')
  const missing = fingerprint([file])
  writeFileSync(file, '')
  expect(fingerprint([file])).not.toBe(missing)
})

test('work is done only for the fingerprint it was marked with, and not once its result is gone', () => {
  const stamp = join(folder, 'made', '.stamp')
  expect(isDone(stamp, 'a')).toBe(false)
  markDone(stamp, 'a')
  expect(isDone(stamp, 'a')).toBe(true)
  expect(isDone(stamp, 'b')).toBe(false)
  rmSync(join(folder, 'made'), { recursive: true })
  expect(isDone(stamp, 'a')).toBe(false)
})
