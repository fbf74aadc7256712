import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { dataFolder } from '../paths.ts'
import { lockFolder } from '../../hub-server/src/db/lock.ts'
import { fakeHub, ownerKey } from '../lists/testing/fake-hub.ts'
import { browserOpener } from '../open-in-browser.ts'
import { consoleLink, summary } from './up.ts'

const hub = { address: 'http://127.0.0.1:8787', keys: { test: 'ainow_test_secret', live: 'ainow_live_secret' } }
const n8n = {
  address: 'http://127.0.0.1:5678',
  account: { email: 'owner@hub.example', password: 'a-password-A1', apiKey: 'n8n-key' },
}

function said(onTerminal: boolean, given: Parameters<typeof summary>[1] = hub): string {
  const folder = mkdtempSync(join(tmpdir(), 'hub-up-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return summary(dataFolder(folder), given, n8n, [], onTerminal)
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

test('at a terminal a link signs the owner into the console; elsewhere the command for one is named', () => {
  const link = 'http://127.0.0.1:8787/welcome#once'
  expect(said(true, { ...hub, link })).toContain(`Console    ${link}\n`)
  expect(said(false, { ...hub, link })).not.toContain('welcome#')
  expect(said(false, { ...hub, link })).toMatch(/Console {4}\.\/hub sign-in-link/)
  expect(said(true)).toMatch(/Console {4}\.\/hub sign-in-link/)
})

test('where the file with the first keys is gone, the summary says how to make others', () => {
  const text = said(true, { ...hub, keys: undefined })
  expect(text).toMatch(/API keys {3}.*keys\.json is gone: make others with \.\/hub keys new/)
  expect(text).toContain('http://127.0.0.1:8787/connect\n')
})

test('the link of the owner is asked for with what the hub noted beside its lock', async () => {
  const fake = await fakeHub()
  const lock = lockFolder(fake.folder)
  onTestFinished(async () => {
    lock.release()
    await fake.close()
  })
  lock.announce({ address: `http://127.0.0.1:${fake.port}`, ownerKey })
  const never = new AbortController().signal
  const owner = { id: 'usr_1', email: null, name: 'Owner', role: 'owner' }
  fake.toOwner.set('GET /v1/people', { people: [owner] })
  fake.toOwner.set('POST /v1/people/usr_1/link', { link: 'http://hub/welcome#once', sent: false })
  expect(await consoleLink(dataFolder(fake.folder), never)).toBe('http://hub/welcome#once')
  fake.toOwner.set('GET /v1/people', { people: [owner, { ...owner, id: 'usr_2' }] })
  expect(await consoleLink(dataFolder(fake.folder), never)).toBeUndefined()
})

test('a browser is opened where there is a desktop, and nowhere else', () => {
  const has = (): boolean => true
  expect(browserOpener({ platform: 'linux', env: { DISPLAY: ':0' }, has })).toBe('xdg-open')
  expect(browserOpener({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, has })).toBe('xdg-open')
  expect(browserOpener({ platform: 'linux', env: {}, has })).toBeUndefined()
  expect(browserOpener({ platform: 'linux', env: { DISPLAY: ':0' }, has: () => false })).toBeUndefined()
  expect(browserOpener({ platform: 'darwin', env: {}, has })).toBe('open')
})
