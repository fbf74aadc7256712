import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Problem } from '../../hub-server/src/contracts/errors.ts'
import { newFolder, startHub, type Hub } from './hub-process.ts'

const launcher = fileURLToPath(new URL('../../launcher/main.ts', import.meta.url))

let hub: Hub
let data: string
let lists: string

beforeAll(async () => {
  data = newFolder()
  lists = newFolder()
  hub = await startHub({ data })
})
afterAll(() => hub.stop())

/** `./hub …` with the hub's data folder, and nothing said about its port. */
const command = async (...words: string[]): Promise<{ code: unknown; said: string; last: string | undefined }> => {
  const child = spawn(process.execPath, [launcher, ...words, '--data', data], {
    cwd: lists,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, said: said + complained, last: (said + complained).trimEnd().split('\n').at(-1) }
}

const list = (name: string, content: string): string => {
  writeFileSync(join(lists, name), content)
  return name
}

test('a run goes to the hub of the data folder, and its results stand in the list’s own columns', async () => {
  const rows = ['ada@nobody.invalid;+49 30 1234567;x', ';+1 (555) 010-0199;y']
  const { code, last, said } = await command(
    'run',
    'verify-email',
    list('leads.csv', `E-Mail;Phone; My Notes\r\n${rows.join('\r\n')}\r\n`),
    '--option',
    'depth=free',
  )
  expect(said).toContain('leads.results.csv')
  expect(last).toMatch(/^Done: 2 items: 1 done \(1 \w+\), 1 skipped: There is no e-mail address to verify\.$/)
  expect(code).toBe(3)
  const [header, first, second] = readFileSync(join(lists, 'leads.results.csv'), 'utf8').split('\r\n')
  expect(header).toMatch(/^E-Mail;Phone; My Notes;verdict;/)
  expect(first).toMatch(/^ada@nobody\.invalid;\+49 30 1234567;x;/)
  expect(second).toMatch(/^;\+1 \(555\) 010-0199;y;.*;skipped;There is no e-mail address to verify\.;;$/)
})

test('a list without a column for what the block needs is refused before anything runs, with what to say', async () => {
  const name = list('other.csv', 'Email Address,Name\nada@acme.example,Ada\n')
  for (const more of [[], ['--estimate']]) {
    const { code, said } = await command('run', 'verify-email', name, ...more)
    expect(code).toBe(1)
    expect(said).toContain(
      'No column is taken for email, so nothing could be worked on. The columns are: Email Address, Name.',
    )
    expect(said).toContain('--map email="Email Address"')
  }
  expect(existsSync(join(lists, 'other.results.csv'))).toBe(false)
  const { code } = await command('run', 'verify-email', name, '--map', 'email=Email Address', '--option', 'depth=free')
  expect(code).toBe(0)
  expect(readFileSync(join(lists, 'other.results.csv'), 'utf8')).toMatch(/^Email Address,Name,verdict,/)
})

test('an estimate says of each kind of item that cannot work what to do', async () => {
  const { said } = await command(
    'run',
    'verify-email',
    list('gaps.csv', 'email,name\nada@acme.example,Ada\n,Bob\n'),
    '--estimate',
  )
  expect(said).toContain('1 × There is no e-mail address to verify. (the first is item 2)')
  expect(said).toContain(
    'Fill in email in these rows. If another column holds it, name that one: --map email="<column>".',
  )
  expect(said).toMatch(/Price: .* \(made up: test mode\)\./)
})

test('a backup is written by the hub that runs, which goes on, and by nobody with an API key alone', async () => {
  const { code, said } = await command('backup', 'all.gz', '--unencrypted')
  expect(said).toContain('It is NOT encrypted')
  expect(code).toBe(0)
  const lines = gunzipSync(readFileSync(join(lists, 'all.gz')))
    .toString()
    .trimEnd()
    .split('\n')
  expect(lines.map((line): unknown => JSON.parse(line).table)).toContain('run_result')
  const refused = await hub.call<Problem>('POST', '/v1/backup', {
    key: hub.keys.live,
    body: { file: join(lists, 'stolen.gz'), unencrypted: true },
  })
  expect(refused.body.kind).toBe('forbidden')
  expect(existsSync(join(lists, 'stolen.gz'))).toBe(false)
  expect((await hub.call('GET', '/health')).status).toBe(200)
})

test('the report finds it, too, and calls the money made up', async () => {
  const { said, code } = await command('report')
  expect(code).toBe(0)
  expect(said).toMatch(/No calls to services in mode “test”|Price \(made up\)/)
})

test('a second hub on the same folder is refused with the address of the first', async () => {
  const { code, said } = await command('up', '--no-n8n', '--port', '1')
  expect(code).toBe(1)
  expect(said).toContain(`The hub already runs with the data folder ${data}: ${hub.url}`)
})

test('a key that is made opens the hub; rotated, both do; revoked, it is refused', async () => {
  const keyIn = (said: string): string => /^ainow_test_\S+$/m.exec(said)?.[0] ?? expect.fail(said)
  const idOf = (key: string): string => `key_${key.split('_')[2]}`
  const statusOf = async (key: string): Promise<number> => (await hub.call('GET', '/v1/me', { key })).status
  const first = keyIn((await command('keys', 'new', 'For a test', '--scopes', 'leads.read')).said)
  expect(await statusOf(first)).toBe(200)
  const second = keyIn((await command('keys', 'rotate', idOf(first))).said)
  expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
  expect((await command('keys', 'revoke', idOf(second))).code).toBe(0)
  expect([await statusOf(first), await statusOf(second)]).toEqual([200, 401])
  const { said } = await command('keys')
  expect(said).toMatch(new RegExp(`${idOf(first)} .*For a test .*leads\\.read`))
  expect(said).not.toContain(first)
})

test('the link that is printed signs the owner in, once', async () => {
  const { said } = await command('sign-in-link')
  expect(said).toMatch(/^http:\/\/\S+\/welcome#[\w-]{43}$/m)
})
