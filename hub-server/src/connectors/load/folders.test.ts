import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadConnectors } from './loadConnectors.ts'

// Nothing keeps root out of a folder: the system's refusal is played.
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>()
  const closed = (path: unknown): boolean => String(path).includes('closed')
  const refused = () => Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }))
  return {
    ...real,
    readdir: (...all: Parameters<typeof real.readdir>) => (closed(all[0]) ? refused() : real.readdir(...all)),
    open: (...all: Parameters<typeof real.open>) =>
      String(all[0]).includes('unreadable') ? refused() : real.open(...all),
  }
})

const good = (id: string): string => `format: 1
id: ${id}
name: Good
docs: https://good.example/docs
auth: { fields: { key: { label: Key, secret: true } }, send: { bearer: =key } }
servers: { default: https://api.good.example }
operations:
  verifyEmail:
    one: { get: /verify, query: { email: =email } }
    read: { status: =status }
`

let own: string
const folderOf = (id: string): string => {
  mkdirSync(join(own, id))
  return join(own, id)
}
const put = (id: string, content: string | Uint8Array): void =>
  writeFileSync(join(folderOf(id), 'connector.yaml'), content)
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'hub-folders-'))
  put('good', good('good'))
})
afterEach(() => rmSync(own, { recursive: true }))

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'
    .split('')
    .map((name, at) => `${name}: &${name} [${Array<string>(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`),
].join('\n')

it.each<[name: string, make: () => void, message: RegExp]>([
  [
    'link-to-nothing',
    () => symlinkSync(join(own, 'nowhere'), join(own, 'link-to-nothing')),
    /a link to something that is not there/,
  ],
  [
    'one',
    () => ['one', 'two'].forEach((name, at, both) => symlinkSync(join(own, both[1 - at] ?? ''), join(own, name))),
    /links lead in a circle/,
  ],
  ['closed', () => put('closed', good('closed')), /may not look into it/],
  ['unreadable', () => put('unreadable', good('unreadable')), /may not look into it/],
  ['folder-for-a-file', () => mkdirSync(join(folderOf('folder-for-a-file'), 'connector.yaml')), /This is a folder/],
  [
    'file-is-a-dead-link',
    () => symlinkSync('nowhere', join(folderOf('file-is-a-dead-link'), 'connector.yaml')),
    /not there/,
  ],
  ['pipe', () => void execFileSync('mkfifo', [join(folderOf('pipe'), 'connector.yaml')]), /no file/],
  [
    'huge',
    () => (put('huge', ''), truncateSync(join(own, 'huge', 'connector.yaml'), 100 * 1024 * 1024)),
    /longer than 64 KB/,
  ],
  ['latin', () => put('latin', Buffer.from(good('latin').replace('Good', 'Größe'), 'latin1')), /not text in UTF-8/],
  ['bomb', () => put('bomb', bomb), /stand for one another, or for too much/],
  ['circle', () => put('circle', `${good('circle')}maps: { contact: &all { email: *all } }\n`), /stands inside itself/],
  ['deep', () => put('deep', `a: ${'['.repeat(30_000)}`), /too deeply/],
  ['deep-and-whole', () => put('deep-and-whole', `a: ${'['.repeat(300)}${']'.repeat(300)}`), /too deeply/],
  ['twins', () => put('twins', `${good('twins')}${'name: again\n'.repeat(4_000)}`), /must be unique/],
])('%s is told of, and the others work', async (name, make, message) => {
  make()
  const { connectors, problems } = await loadConnectors({ own: [own] })
  expect([...connectors.keys()]).toEqual(['good'])
  expect(problems.length).toBeLessThanOrEqual(20)
  expect(problems[0]?.file).toContain(join(own, name))
  expect(problems[0]?.message).toMatch(message)
  expect(problems[0]?.instead).not.toBe('')
})

it('a file in place of the whole folder, and one that is not there, leave the other folder', async () => {
  writeFileSync(join(own, 'note.txt'), 'no folder')
  const { connectors, problems } = await loadConnectors({ own: [join(own, 'note.txt'), join(own, 'nothing'), own] })
  expect([...connectors.keys()]).toEqual(['good'])
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('it is a file'),
    expect.stringContaining('it is not there'),
  ])
})

it('a link to a good folder is a connector', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'hub-folders-else-'))
  writeFileSync(join(elsewhere, 'connector.yaml'), good('linked'))
  symlinkSync(elsewhere, join(own, 'linked'))
  expect([...(await loadConnectors({ own: [own] })).connectors.keys()]).toEqual(['good', 'linked'])
  rmSync(elsewhere, { recursive: true })
})
