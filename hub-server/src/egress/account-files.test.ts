import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HubError } from '../contracts/errors.ts'
import { createAccountFiles } from './account-files.ts'

const root = mkdtempSync(join(tmpdir(), 'hub-files-'))
const folder = join(root, 'files')
const files = createAccountFiles([folder])
const read = (name: string): Promise<string> => files.withFile(name, async (file) => (await file.read()).toString())
const refusal = (name: string): Promise<HubError> =>
  read(name).then(
    () => expect.fail('was read'),
    (error: HubError) => error,
  )

beforeAll(() => {
  mkdirSync(join(folder, 'below'), { recursive: true })
  writeFileSync(join(folder, 'city.mmdb'), 'cities')
  writeFileSync(join(folder, 'below', 'asn.mmdb'), 'networks')
  writeFileSync(join(root, 'keys.json'), 'secret')
  mkdirSync(join(root, 'files-of-others'))
  writeFileSync(join(root, 'files-of-others', 'x'), 'secret')
  symlinkSync(join(root, 'keys.json'), join(folder, 'link-out'))
  symlinkSync(root, join(folder, 'folder-out'))
  symlinkSync('/dev/zero', join(folder, 'zero'))
  symlinkSync(join(folder, 'city.mmdb'), join(folder, 'link-in'))
  symlinkSync(join(folder, 'nothing'), join(folder, 'dangling'))
  execFileSync('mkfifo', [join(folder, 'fifo')])
  writeFileSync(join(folder, 'huge'), '')
  truncateSync(join(folder, 'huge'), 2 * 1024 ** 3)
})
afterAll(() => rmSync(root, { recursive: true }))

describe('files that an account names', () => {
  it('are read from the hub’s folder: by name, by path, by address, by a link inside it', async () => {
    expect(await read('city.mmdb')).toBe('cities')
    expect(await read('below/asn.mmdb')).toBe('networks')
    expect(await read(join(folder, 'city.mmdb'))).toBe('cities')
    expect(await read(pathToFileURL(join(folder, 'city.mmdb')).href)).toBe('cities')
    expect(await read('link-in')).toBe('cities')
  })

  it.each([
    ['/etc/passwd'],
    ['/nowhere/at/all'],
    ['../keys.json'],
    ['below/../../keys.json'],
    ['/dev/zero'],
    ['/proc/self/environ'],
    [join(root, 'files-of-others', 'x')],
    ['file:///etc/passwd'],
    ['.'],
    [''],
    [folder],
  ])('“%s” is outside, and that is all it says', async (name) => {
    expect(await refusal(name)).toMatchObject({
      kind: 'forbidden',
      message: `${name} is not in a folder whose files accounts may use.`,
    })
  })

  it.each(['link-out', 'folder-out/keys.json', 'zero'])('a link does not lead out: %s', async (name) => {
    expect(await refusal(name)).toMatchObject({ kind: 'forbidden' })
  })

  it.each(['fifo', 'below', 'huge'])('are files with content, and not too large: %s', async (name) => {
    expect(await refusal(name)).toMatchObject({ kind: 'invalid_input' })
  })

  it.each(['nothing', 'dangling', 'city.mmdb/x'])('that are not there are said not to be: %s', async (name) => {
    expect(await refusal(name)).toMatchObject({ kind: 'not_found' })
  })

  it.each(['file://elsewhere/x', 'nul\0byte'])('that are none are said to be: %j', async (name) => {
    expect(['invalid_input', 'not_found']).toContain((await refusal(name)).kind)
  })
})
