import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readInside } from './own-file.ts'

let place: string
let folder: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'hub-own-file-'))
  folder = join(place, 'acme')
  mkdirSync(folder)
  writeFileSync(join(place, 'keys.json'), 'CANARY')
})
afterEach(() => rmSync(place, { recursive: true }))

const read = async (name = 'icon.svg', most = 1_000): Promise<string> =>
  (await readInside(folder, name, most)).toString()

it('a file is read, also by a link that stays in the folder, and in a folder that is a link', async () => {
  writeFileSync(join(folder, 'picture.svg'), 'inside')
  symlinkSync('picture.svg', join(folder, 'icon.svg'))
  expect(await read()).toBe('inside')
  const linked = join(place, 'linked')
  symlinkSync(folder, linked)
  expect((await readInside(linked, 'icon.svg', 1_000)).toString()).toBe('inside')
})

it.each<[what: string, make: () => void]>([
  ['a file', () => symlinkSync(join(place, 'keys.json'), join(folder, 'icon.svg'))],
  ['a file, by a way down and up', () => symlinkSync('../acme/../keys.json', join(folder, 'icon.svg'))],
  [
    'a file, by a link to a folder',
    () => {
      symlinkSync(place, join(folder, 'up'))
      symlinkSync('up/keys.json', join(folder, 'icon.svg'))
    },
  ],
  [
    'a folder whose name begins as its own',
    () => {
      mkdirSync(`${folder}-two`)
      writeFileSync(join(`${folder}-two`, 'icon.svg'), 'CANARY')
      symlinkSync(join(`${folder}-two`, 'icon.svg'), join(folder, 'icon.svg'))
    },
  ],
  ['a device', () => symlinkSync('/dev/zero', join(folder, 'icon.svg'))],
])('no link out of the folder is followed: %s', async (_what, make) => {
  make()
  await expect(read()).rejects.toMatchObject({ message: 'This is a link out of the folder.', isAbsent: false })
})

it('a name that climbs out of the folder is no file of it', async () => {
  await expect(read('../keys.json')).rejects.toMatchObject({ message: 'This is a link out of the folder.' })
})

it('a pipe is told of and not waited for', async () => {
  execFileSync('mkfifo', [join(folder, 'icon.svg')])
  await expect(read()).rejects.toMatchObject({ message: 'This is no file.' })
})

it('what is too long is not read', async () => {
  writeFileSync(join(folder, 'icon.svg'), '')
  truncateSync(join(folder, 'icon.svg'), 1_001)
  await expect(read()).rejects.toMatchObject({ message: expect.stringContaining('longer than') as string })
})

it('what is not there is told apart from a link to nothing', async () => {
  await expect(read()).rejects.toMatchObject({ isAbsent: true })
  symlinkSync('nowhere', join(folder, 'icon.svg'))
  await expect(read()).rejects.toMatchObject({
    isAbsent: false,
    message: expect.stringContaining('not there') as string,
  })
})

it('a folder that is swapped for a link while its file is read shows nothing of what is elsewhere', async () => {
  const elsewhere = join(place, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'icon.svg'), 'CANARY')
  mkdirSync(join(folder, 'pictures'))
  writeFileSync(join(folder, 'pictures', 'icon.svg'), 'inside')
  let isOver = false
  const swapping = (async () => {
    while (!isOver) {
      renameSync(join(folder, 'pictures'), join(folder, 'away'))
      symlinkSync(elsewhere, join(folder, 'pictures'))
      await new Promise<void>((done) => void setImmediate(done))
      rmSync(join(folder, 'pictures'))
      renameSync(join(folder, 'away'), join(folder, 'pictures'))
      await new Promise<void>((done) => void setImmediate(done))
    }
  })()
  const seen = new Set<string>()
  for (let time = 0; time < 2_000; time++)
    seen.add(await read('pictures/icon.svg').catch((thrown: unknown) => (thrown instanceof Error ? 'refused' : '')))
  isOver = true
  await swapping
  expect([...seen].filter((text) => !['inside', 'refused'].includes(text))).toEqual([])
  expect(seen).toContain('inside')
})
