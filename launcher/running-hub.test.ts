import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { holderFile } from '../hub-server/src/db/lock-holder.ts'
import { lockFolder, type FolderLock } from '../hub-server/src/db/lock.ts'
import { backup, restore } from './commands/backup.ts'
import { report } from './commands/report.ts'
import { up } from './commands/up.ts'
import { fakeHub, type FakeHub } from './lists/testing/fake-hub.ts'
import { listen } from './lists/testing/listen.ts'
import { freePort } from './ports.ts'

const heard = listen()
let hub: FakeHub
let folder: string
let lock: FolderLock

beforeEach(async () => {
  hub = await fakeHub()
  folder = hub.folder
  lock = lockFolder(folder)
  announce()
})

afterEach(async () => {
  lock.release()
  await hub.close()
})

const never = new AbortController().signal

/** As the hub does once it listens. */
const announce = (): void => lock.announce({ address: `http://127.0.0.1:${hub.port}`, ownerKey: 'of the owner' })

test('the hub of the data folder is found by its lock, on whichever port it is', async () => {
  expect(await report(['--data', folder], never)).toBe(0)
  expect(heard.said).toContain('verifyEmail')
  const other = await freePort()
  expect(await report(['--data', folder, '--port', String(other)], never)).toBe(0)
  expect(heard.said).toContain(
    `The hub of ${folder} runs at http://127.0.0.1:${hub.port}, not on port ${other}: that one is used.`,
  )
})

test('a hub that is still starting is waited for', async () => {
  lock.release()
  lock = lockFolder(folder)
  setTimeout(announce, 200)
  expect(await report(['--data', folder], never)).toBe(0)
})

test('what a hub that was killed had said of itself counts no more', async () => {
  const said = readFileSync(holderFile(folder))
  lock.release()
  writeFileSync(holderFile(folder), said)
  // The hub on that port is found all the same, by its key.
  expect(await report(['--data', folder, '--port', String(hub.port)], never)).toBe(0)
  expect(hub.asked.map(({ path }) => path)).toEqual(['/v1/me', '/v1/me', '/v1/report'])
})

test('a second hub on the folder is refused with the address of the first, before anything is built', async () => {
  const words = new RegExp(
    `already runs with the data folder ${folder}: http://127.0.0.1:${hub.port} [^]*--data and --port`,
  )
  await expect(up(['--no-n8n', '--data', folder, '--port', String(await freePort())], never)).rejects.toThrow(words)
  await expect(restore(['some.gz', '--data', folder], never)).rejects.toThrow(
    /already runs[^]*restore into another folder/,
  )
})

test('a hub that runs writes the backup itself, for who can read its lock', async () => {
  const file = join(folder, 'mine.gz')
  hub.writesBackup = true
  const passphrase = join(folder, 'passphrase')
  writeFileSync(passphrase, 'many words that nobody guesses\n')
  expect(await backup([file, '--data', folder, '--passphrase-file', passphrase], never)).toBe(0)
  expect(hub.asked.at(-1)).toMatchObject({ path: '/v1/backup', headers: { authorization: 'Bearer of the owner' } })
  expect(JSON.parse(hub.asked.at(-1)?.body ?? '')).toEqual({
    file,
    passphrase: 'many words that nobody guesses',
    withoutSealingKey: false,
  })
  expect(readFileSync(file, 'utf8')).toBe('a backup')
  expect(heard.said).toContain(`Saved: ${file}`)
  await expect(backup([file, '--data', folder, '--unencrypted'], never)).rejects.toThrow('not overwritten')
})

test('without a terminal and without a word about it no backup is made, least of all an open one', async () => {
  await expect(backup([join(folder, 'mine'), '--data', folder], never)).rejects.toThrow(
    /it is encrypted[^]*--passphrase-file[^]*--recipient[^]*--unencrypted/,
  )
  expect(hub.asked).toEqual([])
})

test('an open backup, and one without the sealing key, are made where that is said, and the user is told', async () => {
  hub.writesBackup = true
  const file = join(folder, 'open.gz')
  expect(await backup([file, '--data', folder, '--unencrypted', '--without-sealing-key'], never)).toBe(0)
  expect(JSON.parse(hub.asked.at(-1)?.body ?? '')).toEqual({ file, unencrypted: true, withoutSealingKey: true })
  expect(heard.said).toMatch(/It is NOT encrypted .* The sealing key is not in it/)
})
