import { spawnSync } from 'node:child_process'
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { narrow } from '../../hub-server/src/db/private-folder.ts'
import { newFolder, ownEnvironment, startHub, type Hub } from '../hub/hub-process.ts'

const main = fileURLToPath(new URL('../../hub-server/src/main.ts', import.meta.url))
const passphrase = 'several words for a test'

const folders: string[] = []
const folder = (): string => {
  const made = newFolder()
  folders.push(made)
  return made
}
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

/** The hub's command line, to its end. */
const command = (data: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    env: { ...ownEnvironment(), HUB_DATA: data, ...env },
    encoding: 'utf8',
  })
  return { code: status, said: stdout + stderr }
}

/** Everything in a folder that others may reach, with its rights. */
const wideIn = (path: string): string[] => {
  const stat = lstatSync(path)
  const below = stat.isDirectory() ? readdirSync(path).flatMap((name) => wideIn(join(path, name))) : []
  return (stat.mode & 0o077) === 0 ? below : [`${path} ${(stat.mode & 0o777).toString(8)}`, ...below]
}

test('a data folder of before is closed to others, and whatever the hub makes is made so', async () => {
  const data = folder()
  mkdirSync(join(data, 'logs'))
  writeFileSync(join(data, 'logs', 'hub.log'), '')
  for (const path of [data, join(data, 'logs')]) chmodSync(path, 0o755)
  const before = process.umask(0o022)
  const hub = await startHub({ data }).finally(() => process.umask(before))
  try {
    expect(hub.output()).toMatch(
      /Other users of this machine could read in .*: 3 files and folders are now yours alone\./,
    )
    for (let count = 0; count < 5; count++)
      await hub.call('POST', '/v1/leads', { key: hub.keys.test, body: { lead: { email: `a${count}@acme.example` } } })
    expect(wideIn(data)).toEqual([])
  } finally {
    await hub.stop()
  }
  expect(wideIn(data)).toEqual([])
  // All of it is known to be the hub's own: a folder with something else in it would keep its rights.
  chmodSync(data, 0o755)
  expect(narrow(data)).toEqual({ count: 1, left: [] })
})

describe('a backup', () => {
  const data = folder()
  let hub: Hub
  beforeAll(async () => {
    hub = await startHub({ data })
    await hub.call('POST', '/v1/leads', { key: hub.keys.test, body: { lead: { email: 'anna@acme.example' } } })
    await hub.stop()
  })

  const saved = (...words: string[]): string => {
    const file = join(folder(), 'backup')
    const { code, said } = command(data, ['backup', file, ...words], { BACKUP_PASSPHRASE: passphrase })
    expect([code, said]).toEqual([0, ''])
    return file
  }

  test('is not made without a word on how it is to be encrypted', () => {
    const file = join(folder(), 'backup')
    const { code, said } = command(data, ['backup', file])
    expect(code).toBe(1)
    expect(said).toMatch(/not said how the backup is to be encrypted\. Give one of: a passphrase .*--unencrypted/)
  })

  test('is encrypted, of its owner alone, and comes back by its passphrase', async () => {
    const file = saved()
    const bytes = readFileSync(file, 'latin1')
    expect(bytes.slice(0, 22)).toBe('age-encryption.org/v1\n')
    expect(bytes).not.toContain(hub.keys.live)
    expect(wideIn(file)).toEqual([])

    const into = folder()
    const refused = command(into, ['restore', file], { BACKUP_PASSPHRASE: 'another passphrase' })
    expect([refused.code, readdirSync(into)]).toEqual([1, []])
    expect(refused.said).toMatch(/^The passphrase does not open .*\n$/)
    expect(command(into, ['restore', file], { BACKUP_PASSPHRASE: passphrase })).toEqual({ code: 0, said: '' })
    expect(wideIn(into)).toEqual([])
    const again = await startHub({ data: into })
    const { text } = await again.call('GET', '/v1/leads', { key: hub.keys.test })
    await again.stop()
    expect(text).toContain('anna@acme.example')
  })

  test.for<[string, (lines: string[]) => string[]]>([
    ['lines missing', (lines) => lines.filter((line) => !line.includes('"table":"observation"'))],
    ['a value changed', (lines) => lines.map((line) => line.replace('anna@acme', 'otto@acme'))],
    ['its end cut off', (lines) => lines.slice(0, -3)],
  ])('with %s is refused with exit code 1, in a sentence, and changes nothing', ([, change]) => {
    const file = saved('--unencrypted')
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
    writeFileSync(file, gzipSync(`${change(lines).join('\n')}\n`))
    const into = folder()
    const { code, said } = command(into, ['restore', file])
    expect(code).toBe(1)
    expect(said).toMatch(/^\S+ is not a whole backup: .*\. Nothing was changed\. Take another copy.*\n$/)
    expect(readdirSync(into)).toEqual([])
  })

  test('without the sealing key opens no secret until the key is put beside it', async () => {
    const file = saved('--without-sealing-key')
    const into = folder()
    const { code, said } = command(into, ['restore', file], { BACKUP_PASSPHRASE: passphrase })
    expect(code).toBe(0)
    expect(said).toContain('The sealing key is not in this backup.')
    expect(readdirSync(into)).not.toContain('sealing.key')
  })
})

test('the sealing key may be kept in a file elsewhere, which is made, and in no backup', async () => {
  const [data, elsewhere] = [folder(), folder()]
  const key = join(elsewhere, 'sealing.key')
  const hub = await startHub({ data, env: { SEALING_KEY_FILE: key } })
  await hub.stop()
  expect(readFileSync(key, 'utf8')).toMatch(/^\S{44}\n$/)
  expect(wideIn(key)).toEqual([])
  expect(readdirSync(data)).not.toContain('sealing.key')
  const file = join(elsewhere, 'backup.gz')
  expect(command(data, ['backup', file, '--unencrypted']).code).toBe(0)
  expect(gunzipSync(readFileSync(file)).toString()).not.toContain(readFileSync(key, 'utf8').trim())
})

test('a damaged database is told of in sentences, with what to do', async () => {
  const data = folder()
  const hub = await startHub({ data })
  await hub.stop()
  rmSync(join(data, 'database', 'pg_wal'), { recursive: true })
  const { code, said } = command(data, [])
  expect(code).toBe(1)
  expect(said).toMatch(
    /^The database in \S+ cannot be opened; its files seem damaged: .*\. Restore the last backup .*\n$/,
  )
})
