import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { narrow, narrowedText } from './private-folder.ts'

/** A data folder as an earlier version left it, open to everybody. */
const wideFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['database/base', 'n8n/.n8n', 'logs']) mkdirSync(join(folder, name), { recursive: true })
  for (const name of ['keys.json', 'sealing.key', 'database/base/1', 'n8n/.n8n/config', 'logs/hub.log'])
    writeFileSync(join(folder, name), '')
  for (const name of ['database/base/1', 'n8n/.n8n/config']) chmodSync(join(folder, name), 0o755)
  chmodSync(folder, 0o755)
  return folder
}

const modeOf = (...path: string[]): number => statSync(join(...path)).mode & 0o777

it('of before loses everybody else’s rights, and the user is told', () => {
  const folder = wideFolder()
  const done = narrow(folder)
  for (const name of ['', 'database', 'database/base', 'n8n', 'n8n/.n8n', 'logs'])
    expect(modeOf(folder, name)).toBe(0o700)
  for (const name of ['keys.json', 'sealing.key', 'logs/hub.log']) expect(modeOf(folder, name)).toBe(0o600)
  for (const name of ['database/base/1', 'n8n/.n8n/config']) expect(modeOf(folder, name)).toBe(0o700)
  expect(done).toEqual({ count: 11, left: [] })
  expect(narrowedText(folder, done)).toBe(
    `Other users of this machine could read in ${folder}: 11 files and folders are now yours alone.`,
  )
  expect(narrowedText(folder, narrow(folder))).toBeUndefined()
})

it('that is new is told nothing of what Node compiled into it: its folder is closed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'compiled'), { mode: 0o700 })
  mkdirSync(join(folder, 'compiled', 'v24'))
  expect(narrowedText(folder, narrow(folder))).toBeUndefined()
})

it('that holds other things, too, keeps its own rights and theirs', () => {
  const folder = wideFolder()
  writeFileSync(join(folder, 'leads.csv'), '', { mode: 0o644 })
  const { left } = narrow(folder)
  expect(modeOf(folder)).toBe(0o755)
  expect(modeOf(folder, 'leads.csv')).toBe(0o644)
  expect(modeOf(folder, 'keys.json')).toBe(0o600)
  expect(left).toEqual([`${folder} (other things lie in it)`])
})

it('is not left through a link', () => {
  const [folder, elsewhere] = [wideFolder(), wideFolder()]
  symlinkSync(elsewhere, join(folder, 'logs', 'link'))
  symlinkSync(elsewhere, join(folder, 'run-keys'))
  narrow(folder)
  expect(modeOf(elsewhere)).toBe(0o755)
  expect(modeOf(elsewhere, 'keys.json')).toBe(0o644)
})
