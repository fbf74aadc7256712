import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { inCheckout } from './paths.ts'

test('the launcher starts in a checkout in which nothing is installed: of the hub it takes types alone', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'hub-bare-'))
  onTestFinished(() => rmSync(checkout, { recursive: true }))
  for (const part of ['launcher', 'hub-server/src', 'hub-server/package.json'])
    cpSync(inCheckout(part), join(checkout, part), { recursive: true })
  const said = execFileSync(process.execPath, [join(checkout, 'launcher', 'main.ts'), 'help'], { encoding: 'utf8' })
  expect(said).toContain('./hub up')
})
