import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFile, startOf } from '../hub-server/src/db/lock-holder.ts'
import { backup, restore } from './commands/backup.ts'
import { report } from './commands/report.ts'
import { up } from './commands/up.ts'
import { fakeHub, type FakeHub } from './lists/testing/fake-hub.ts'
import { listen } from './lists/testing/listen.ts'
import { freePort } from './ports.ts'

const heard = listen()
let hub: FakeHub
let folder: string

beforeEach(async () => {
  hub = await fakeHub()
  folder = hub.folder
  lockBy(process.ppid)
})

afterEach(() => hub.close())

const never = new AbortController().signal

/** As the hub writes it once it listens. This process itself never counts as another one that runs. */
function lockBy(
  pid: number,
  more: object = { address: `http://127.0.0.1:${hub.port}`, ownerKey: 'of the owner' },
): void {
  writeFileSync(lockFile(folder), JSON.stringify({ pid, started: startOf(pid), ...more }))
}

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
  lockBy(process.ppid, {})
  setTimeout(() => lockBy(process.ppid), 200)
  expect(await report(['--data', folder], never)).toBe(0)
})

test('the lock of a process that is gone says nothing', async () => {
  const gone = 4_000_000
  lockBy(gone)
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
  expect(await backup([file, '--data', folder], never)).toBe(0)
  expect(hub.asked.at(-1)).toMatchObject({ path: '/v1/backup', headers: { authorization: 'Bearer of the owner' } })
  expect(readFileSync(file, 'utf8')).toBe('a backup')
  expect(heard.said).toContain(`Saved: ${file}`)
  await expect(backup([file, '--data', folder], never)).rejects.toThrow('not overwritten')
})
