import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder, type FolderLock } from '../../hub-server/src/db/lock.ts'
import { fakeHub, ownerKey, type FakeHub } from '../lists/testing/fake-hub.ts'
import { listen } from '../lists/testing/listen.ts'
import { keys } from './keys.ts'
import { signInLink } from './sign-in-link.ts'

const heard = listen()
const never = new AbortController().signal
let hub: FakeHub
let lock: FolderLock

beforeEach(async () => {
  hub = await fakeHub()
  lock = lockFolder(hub.folder)
  lock.announce({ address: `http://127.0.0.1:${hub.port}`, ownerKey })
})
afterEach(async () => {
  lock.release()
  await hub.close()
})

const key = {
  id: 'key_1',
  name: 'For\u001b[2J the CRM',
  mode: 'live',
  scopes: ['leads', 'runs.read'],
  readOnly: true,
  expiresAt: '2027-01-31T23:59:59.999Z',
  lastUsedAt: '2026-11-30T12:00:00.000Z',
  lastUsedFrom: '10.0.0.7',
  revokedAt: null,
}

const ask = (...words: string[]): Promise<number> => keys([...words, '--data', hub.folder], never)
const lastBody = (): unknown => JSON.parse(hub.asked.at(-1)?.body ?? '')

test('the keys are listed with what they may do and when they were used, and nothing moves the cursor', async () => {
  hub.toOwner.set('GET /v1/keys', { keys: [key] })
  expect(await ask()).toBe(0)
  for (const part of ['key_1', 'For [2J the CRM', 'live', 'leads,runs.read', '2027-01-31 23:59', '10.0.0.7'])
    expect(heard.said).toContain(part)
  expect(heard.said).not.toContain('\u001b')
})

test('a new key has what was asked for, and its secret is shown with the word that it is shown once', async () => {
  hub.toOwner.set('POST /v1/keys', { key, secret: 'ainow_live_the-secret' })
  const limits = ['--scopes', 'leads, runs.read', '--read-only', '--expires', '2027-01-31', '--networks', '10.0.0.0/8']
  expect(await ask('new', 'CRM', '--mode', 'live', ...limits, '--per-minute', '600', '--workspace', 'ws_2')).toBe(0)
  expect(lastBody()).toEqual({
    name: 'CRM',
    mode: 'live',
    scopes: ['leads', 'runs.read'],
    readOnly: true,
    expiresAt: '2027-01-31T23:59:59.999Z',
    networks: ['10.0.0.0/8'],
    requestsPerMinute: 600,
  })
  expect(hub.asked.at(-1)?.headers['hub-workspace']).toBe('ws_2')
  expect(heard.said).toMatch(/^ainow_live_the-secret\n.*shown this once and not again/m)
})

test('a key is rotated, the old one going on for a day or as long as is said, and revoked', async () => {
  hub.toOwner.set('POST /v1/keys/key_1/rotate', { key: { ...key, id: 'key_2' }, secret: 'ainow_live_another' })
  hub.toOwner.set('POST /v1/keys/key_1/revoke', key)
  expect(await ask('rotate', 'key_1')).toBe(0)
  expect(lastBody()).toEqual({ overlapHours: 24 })
  expect(heard.said).toMatch(/ainow_live_another\n[^]*The old key key_1 is good for 24 more hours/)
  await ask('rotate', 'key_1', '--overlap-hours', '0')
  expect(lastBody()).toEqual({ overlapHours: 0 })
  expect(await ask('revoke', 'key_1')).toBe(0)
  expect(heard.said).toContain('The key key_1 (For [2J the CRM) is revoked')
})

test.for<[string[], RegExp]>([
  [['new'], /Say one of/],
  [['make', 'x'], /Say one of/],
  [['new', 'My', 'key'], /one word too many/],
  [['new', 'x', '--mode', 'prod'], /--mode takes test or live/],
  [['new', 'x', '--expires', '2027-02-31'], /--expires takes a day/],
  [['new', 'x', '--expires', '1'], /--expires takes a day/],
  [['new', 'x', '--scopes', ','], /--scopes takes one or several/],
  [['new', 'x', '--per-minute', '0'], /--per-minute takes a whole number/],
  [['rotate', 'key_1', '--overlap-hours', '-1'], /ambiguous|overlap-hours/],
])('%j is refused before anything is asked', async ([words, said]) => {
  await expect(ask(...words)).rejects.toThrow(said)
  expect(hub.asked).toEqual([])
})

const person = (id: string, email: string | null, role: string) => ({ id, email, name: id, role })

test('a link is for the owner, or for who has the address; several owners are asked which', async () => {
  const owners = [person('usr_1', null, 'owner'), person('usr_2', 'ada@nobody.invalid', 'editor')]
  hub.toOwner.set('GET /v1/people', { people: owners })
  for (const id of ['usr_1', 'usr_2', 'usr_3'])
    hub.toOwner.set(`POST /v1/people/${id}/link`, { link: `http://hub/welcome#${id}`, sent: false })
  expect(await signInLink(['--data', hub.folder], never)).toBe(0)
  expect(heard.said).toMatch(/^http:\/\/hub\/welcome#usr_1\nIt signs usr_1 in, once/m)
  expect(await signInLink(['ADA@nobody.invalid', '--data', hub.folder], never)).toBe(0)
  expect(heard.said).toContain('http://hub/welcome#usr_2')
  await expect(signInLink(['bob@nobody.invalid', '--data', hub.folder], never)).rejects.toThrow(/Nobody here has/)
  hub.toOwner.set('GET /v1/people', { people: [...owners, person('usr_3', 'eve@nobody.invalid', 'owner')] })
  await expect(signInLink(['--data', hub.folder], never)).rejects.toThrow(/not one owner.*eve@nobody\.invalid/)
})
