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
    lstat: (path: string) => (closed(path) ? refused() : real.lstat(path)),
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
  ['no-alias', () => put('no-alias', `${good('no-alias')}maps: *nothing\n`), /\*nothing stands for nothing/],
  ['merge', () => put('merge', `${good('merge')}maps: { a: &a { b: c }, d: { <<: *a } }\n`), /Merge keys/],
  ['tag', () => put('tag', `${good('tag')}maps: !!set { a }\n`), /The tag tag:yaml.org,2002:set is not read/],
  ['birth', () => put('birth', `${good('birth')}maps: { __proto__: { a: b } }\n`), /called __proto__/],
  ['long-name', () => put('long-name', `${good('long-name')}${'a'.repeat(300)}: 1\n`), /longer than 200 characters/],
  ['lists', () => put('lists', `${good('lists')}maps: { ? [a, b] : {} }\n`), /A name is a word/],
  [
    'links-out',
    () => symlinkSync(join(own, 'good', 'connector.yaml'), join(folderOf('links-out'), 'connector.yaml')),
    /a link out of the folder/,
  ],
  [
    'many-files',
    () => {
      put('many-files', good('many-files'))
      for (let number = 0; number < 501; number++) writeFileSync(join(own, 'many-files', `${number}.txt`), '')
    },
    /More than 500 files/,
  ],
  [
    'deep-brackets',
    () => put('deep-brackets', good('deep-brackets').replace('=status', `"=${'('.repeat(3_000)}"`)),
    /This is not JSONata/,
  ],
  [
    'signature',
    () => put('signature', good('signature').replace('=status', '"=function($x)<s<n>:s>{ $x }"')),
    /This is not JSONata/,
  ],
  [
    'long-path',
    () => put('long-path', good('long-path').replace('=status', `=${'a.'.repeat(3_000)}a`)),
    /longer than 4096 characters/,
  ],
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

it.each<[name: string, make: (file: string) => void, message: RegExp]>([
  ['icon.svg', (file) => symlinkSync(join(own, 'good', 'connector.yaml'), file), /a link out of the folder/],
  ['icon.svg', (file) => writeFileSync(file, '<!doctype html><svg></svg>'), /document type/],
  ['icon.svg', (file) => writeFileSync(file, '<html></html>'), /no SVG/],
  ['icon.svg', (file) => mkdirSync(file), /This is a folder/],
  ['sandbox.yaml', (file) => symlinkSync('/dev/zero', file), /a link out of the folder/],
  ['sandbox.yaml', (file) => void execFileSync('mkfifo', [file]), /no file/],
])(
  '%s beside a good connector.yaml that is not right is told of, and the connector works',
  async (name, make, message) => {
    put('acme', good('acme'))
    make(join(own, 'acme', name))
    const { connectors, problems } = await loadConnectors({ own: [own] })
    expect([...connectors.keys()]).toEqual(['acme', 'good'])
    expect(problems).toMatchObject([
      { file: join(own, 'acme', name), message: expect.stringMatching(message) as string },
    ])
  },
)

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
