import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { dataFolder } from '../paths.ts'
import { summary } from './up.ts'

const hub = { address: 'http://127.0.0.1:8787', keys: { test: 'ainow_test_secret', live: 'ainow_live_secret' } }
const n8n = {
  address: 'http://127.0.0.1:5678',
  account: { email: 'owner@hub.example', password: 'a-password-A1', apiKey: 'n8n-key' },
}

function said(onTerminal: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'hub-up-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return summary(dataFolder(folder), hub, n8n, [], onTerminal)
}

test('at a terminal the link to connect and the password stand to be used', () => {
  expect(said(true)).toContain('/connect#key=ainow_live_secret')
  expect(said(true)).toContain('password a-password-A1')
})

test('where the output is kept, no secret is in it, and the files that hold them are named', () => {
  const text = said(false)
  expect(text).not.toMatch(/secret|a-password|n8n-key/)
  expect(text).toContain('http://127.0.0.1:8787/connect\n')
  expect(text).toMatch(/password in .*n8n-account\.json/)
  expect(text).toMatch(/API keys {3}in .*keys\.json/)
})
