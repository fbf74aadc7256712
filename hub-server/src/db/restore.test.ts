import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { backup } from './backup.ts'
import type { Protection } from './backup-encryption.ts'
import { checkBackup, restore } from './restore.ts'
import { databaseForAll } from './testing/database-for.ts'
import { anyDatabase } from './testing/databases.ts'

const passphrase = 'several words for a test'

describe('a backup', () => {
  const database = databaseForAll(anyDatabase.open)
  let count = 0

  /** One of a database with some settings and its keys. */
  const save = async (protection: Protection, withoutSealingKey?: boolean): Promise<string> => {
    const { db, folder } = database
    if (count === 0) {
      const rows = ['one', 'two', 'three'].map((key) => ({ key, value: `the value of ${key}` }))
      await db.insertInto('setting').values(rows).execute()
      writeFileSync(join(folder, 'keys.json'), '{"live":"ainow_live_secret"}')
      writeFileSync(join(folder, 'sealing.key'), 'the sealing key')
    }
    const file = join(folder, `backup-${++count}`)
    await backup(db, { file, data: folder, protection, withoutSealingKey })
    return file
  }

  const linesOf = (file: string): string[] => gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  const write = (file: string, lines: string[]): void => writeFileSync(file, gzipSync(`${lines.join('\n')}\n`))
  const at = (lines: string[], part: string): number => lines.findIndex((line) => line.includes(part))

  it.for<[string, (lines: string[]) => string[], RegExp]>([
    ['that lacks a line', (lines) => lines.toSpliced(at(lines, 'of two'), 1), /“table setting” it has 2 lines, .* 3/],
    ['that lacks a table', (lines) => lines.filter((line) => !line.includes('"setting"')), /0 lines, .* with 3/],
    [
      'that lacks its keys',
      (lines) => lines.filter((line) => !line.includes('"secret":"keys.json"')),
      /“secret keys.json” it has 0/,
    ],
    [
      'with a value changed',
      (lines) => lines.map((line) => line.replace('of two', 'of you')),
      /setting” is not as it was/,
    ],
    [
      'with lines in another order',
      (lines) => lines.with(at(lines, 'of one'), lines[at(lines, 'of two')] ?? ''),
      /not as/,
    ],
    ['with a line too many', (lines) => lines.toSpliced(2, 0, '{"table":"setting","row":{}}'), /it has 4 lines/],
    ['without its end', (lines) => lines.slice(0, -1), /its end is missing/],
    ['with something behind its end', (lines) => [...lines, '{"table":"setting","row":{}}'], /behind its end/],
    ['of a format to come', (lines) => lines.with(0, '{"format":3}'), /format 3 is not known/],
    ['of nothing', () => [''], /a line of it cannot be read/],
  ])('%s is refused before anything is changed', async ([, change, words]) => {
    const file = await save({ nobody: true })
    write(file, change(linesOf(file)))
    await expect(checkBackup(file, {})).rejects.toMatchObject({
      kind: 'invalid_input',
      message: expect.stringMatching(words),
    })
  })

  it.for(['open', 'encrypted'])('that is %s is refused when it is cut off anywhere', async (how) => {
    const identity = await generateIdentity()
    const file = await save(how === 'open' ? { nobody: true } : { recipients: [await identityToRecipient(identity)] })
    const bytes = readFileSync(file)
    for (const share of [0.5, 0.9, 0.99]) {
      writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * share)))
      await expect(checkBackup(file, { identity })).rejects.toMatchObject({ kind: 'invalid_input' })
    }
  })

  it('that is encrypted shows nothing of what is in it, and is of its owner alone', async () => {
    const file = await save({ passphrase })
    expect(readFileSync(file, 'latin1')).not.toMatch(/secret|sealing|setting/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('opens by its passphrase alone', async () => {
    const file = await save({ passphrase })
    await expect(checkBackup(file, {})).rejects.toThrow('This backup is encrypted with a passphrase.')
    await expect(checkBackup(file, { passphrase: `${passphrase}.` })).rejects.toThrow(/passphrase does not open/)
    expect(await checkBackup(file, { passphrase })).toMatchObject({ hasManifest: true, hasSealingKey: true })
  })

  it('for recipients opens by the identity of each, and by no other', async () => {
    const identities = await Promise.all([1, 2, 3].map(() => generateIdentity()))
    const [one = '', two = '', other = ''] = identities
    const recipients = await Promise.all([one, two].map(identityToRecipient))
    const file = await save({ recipients })
    for (const identity of [one, `# made by age-keygen\n${two}\n`])
      expect(await checkBackup(file, { identity })).toMatchObject({ hasManifest: true })
    await expect(checkBackup(file, { identity: other })).rejects.toThrow(/identity does not open/)
    await expect(checkBackup(file, { passphrase })).rejects.toThrow(/only his identity opens it/)
  })

  it.for<[string, Protection, RegExp]>([
    ['a short passphrase', { passphrase: 'short' }, /fewer than 10 characters/],
    ['a recipient that is none', { recipients: ['age1nobody'] }, /“age1nobody” is not an age recipient/],
  ])('with %s is not made', async ([, protection, words]) => {
    await expect(save(protection)).rejects.toThrow(words)
  })

  it('without the sealing key says so when it is checked', async () => {
    const file = await save({ nobody: true }, true)
    expect(linesOf(file).join()).not.toContain('the sealing key')
    expect(await checkBackup(file, {})).toMatchObject({ hasSealingKey: false })
  })

  it('of the format without a manifest is restored as ever', async () => {
    const file = await save({ nobody: true })
    write(file, linesOf(file).slice(0, -1).with(0, '{"format":1}'))
    const checked = await checkBackup(file, {})
    expect(checked.hasManifest).toBe(false)
    const into = await anyDatabase.open()
    await restore(into.db, checked, into.folder)
    expect(await into.db.selectFrom('setting').select('key').orderBy('key').execute()).toHaveLength(3)
    expect(readFileSync(join(into.folder, 'sealing.key'), 'utf8')).toBe('the sealing key')
    await into.remove()
  })

  it('that cannot be written says where, and leaves nothing', async () => {
    const { db, folder } = database
    const file = join(folder, 'not-there', 'backup')
    await expect(backup(db, { file, data: folder, protection: { nobody: true } })).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(`The backup cannot be written to ${file}: `),
    })
  })

  it.skipIf(spawnSync('age', ['--version']).error !== undefined)('is opened by age itself', async () => {
    const identity = await generateIdentity()
    const file = await save({ recipients: [await identityToRecipient(identity)] })
    const key = join(database.folder, 'identity')
    writeFileSync(key, identity)
    const lines = gunzipSync(execFileSync('age', ['--decrypt', '--identity', key, file]))
      .toString()
      .trimEnd()
      .split('\n')
    expect(lines).toContain('{"table":"setting","row":{"key":"two","value":"the value of two"}}')
    expect(JSON.parse(lines.at(-1) ?? '').manifest['table setting']).toMatchObject({ lines: 3 })
  })
})
