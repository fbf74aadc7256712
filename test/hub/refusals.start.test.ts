import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../hub-server/src/db/database.ts'
import { freePort } from '../../hub-server/src/db/testing/free-port.ts'
import { newFolder, runRefusedHub, startHub } from './hub-process.ts'

const folders: string[] = []
const folder = (): string => {
  const made = newFolder()
  folders.push(made)
  return made
}
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

/** The process has ended with 1 and with nothing but sentences. */
const expectRefusal = ({ code, output }: { code: number | null; output: string }, names: RegExp): void => {
  const said = output.split('\n').filter((line) => line && !line.startsWith('{'))
  expect(said.join(' ')).toMatch(names)
  expect(said.join(' ')).toMatch(/^[A-Z].*\.$/)
  expect(output).not.toMatch(/\n\s+at /)
  expect(output).not.toContain('"ready":true')
  expect(code).toBe(1)
}

test('a port in use ends the start with a sentence', async () => {
  const other = createServer().listen(await freePort(), '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = address && typeof address === 'object' ? address.port : 0
  try {
    expectRefusal(
      await runRefusedHub({ data: folder(), port }),
      new RegExp(`Port ${port} is already in use\\. .*another port`),
    )
  } finally {
    other.close()
  }
})

test('a port that is none ends the start with a sentence', async () => {
  expectRefusal(await runRefusedHub({ data: folder(), env: { HUB_PORT: '80a' } }), /HUB_PORT is “80a”/)
})

test.each([
  ['HUB_ROLE', 'boss'],
  ['LOG_LEVEL', 'loud'],
  ['RUN_DAYS', 'ten'],
])('a %s of “%s” ends the start with a sentence', async (name, value) => {
  expectRefusal(await runRefusedHub({ data: folder(), env: { [name]: value } }), new RegExp(`${name} is “${value}”`))
})

test.each([
  ['EGRESS_ALLOW', 'localhost,http://ollama:1', /EGRESS_ALLOW has “http:\/\/ollama:1”.*ollama\.internal:11434/],
  ['SCRAPE_PROXIES', 'http://p.example:1,ann:secret@q.example:1', /Entry 2 of SCRAPE_PROXIES/],
  ['SCRAPE_PROXIES', '/nowhere/proxies', /SCRAPE_PROXIES names cannot be read \(ENOENT\)/],
  ['ALLOW_PRIVATE_ADDRESSES', 'true', /no setting any more.*EGRESS_ALLOW/],
])('a %s of “%s” ends the start with a sentence, and without a password', async (name, value, names) => {
  const refused = await runRefusedHub({ data: folder(), env: { [name]: value } })
  expectRefusal(refused, names)
  expect(refused.output).not.toContain('secret')
})

test('a data folder in use is refused, and the hub that uses it goes on', async () => {
  const first = await startHub()
  try {
    const refusal = new RegExp(`in use by another hub \\(${first.url}, process ${first.pid}\\).*another folder`)
    expectRefusal(await runRefusedHub({ data: first.data }), refusal)
    const { status } = await first.call('POST', '/v1/leads', {
      key: first.keys.test,
      body: { lead: { email: 'anna@acme.example' } },
    })
    expect(status).toBe(200)
  } finally {
    expect(await first.stop()).toBe(0)
  }
})

test('of two hubs that start on one folder at once, one is refused', async () => {
  const data = folder()
  const outcomes = await Promise.allSettled([startHub({ data }), startHub({ data })])
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  for (const hub of running) await hub.stop()
  expect(running).toHaveLength(1)
  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : '')).join('')).toContain(
    'in use by another hub',
  )
})

test('data of a newer version is refused, not spoilt', async () => {
  const data = folder()
  const made = await openDatabase({ folder: data })
  const migrations = made.db.withTables<{ kysely_migration: { name: string; timestamp: string } }>()
  await migrations
    .insertInto('kysely_migration')
    .values({ name: '9999-from-the-future', timestamp: '2099-01-01' })
    .execute()
  await made.close()
  expectRefusal(
    await runRefusedHub({ data }),
    /newer version of the hub.*9999-from-the-future.*Start that newer version/,
  )

  const again = await openDatabase({ folder: data }).catch((thrown: unknown) => String(thrown))
  expect(again).toContain('newer version')
})

test('a data folder that cannot be written ends the start with a sentence', async () => {
  const file = join(folder(), 'a-file')
  writeFileSync(file, '')
  expectRefusal(await runRefusedHub({ data: join(file, 'data') }), /data|folder/i)
})

test.for<[string, (port: number) => string]>([
  ['where nobody answers', (port) => `postgres://hub:s3cret-word@127.0.0.1:${port}/hub`],
  ['whose name is nobody’s', () => 'postgres://hub:s3cret-word@nobody.invalid/hub'],
  ['that is no address', () => 'postgres://hub:s3cret-word/@:x/hub'],
])('a DATABASE_URL %s ends the start with a sentence that does not hold its password', async ([, url]) => {
  const refused = await runRefusedHub({ data: folder(), env: { DATABASE_URL: url(await freePort()) } })
  expectRefusal(refused, /DATABASE_URL/)
  expect(refused.output).not.toContain('s3cret-word')
})

test('a Redis where nobody answers ends the start with a sentence that does not hold its password', async () => {
  const refused = await runRefusedHub({
    data: folder(),
    env: { REDIS_URL: `redis://:s3cret-word@127.0.0.1:${await freePort()}` },
  })
  expectRefusal(refused, /REDIS_URL/)
  expect(refused.output).not.toContain('s3cret-word')
})

test('sealing keys of the wrong length end the start with a sentence that does not hold them', async () => {
  const refused = await runRefusedHub({
    data: folder(),
    env: { SEALING_KEYS: Buffer.from('too-short-a-key').toString('base64') },
  })
  expectRefusal(refused, /32 bytes/)
  expect(refused.output).not.toContain(Buffer.from('too-short-a-key').toString('base64'))
})

test('a keys.json that somebody broke ends the start with a sentence', async () => {
  const data = folder()
  mkdirSync(data, { recursive: true })
  writeFileSync(join(data, 'keys.json'), '{ "test": "ainow_test_')
  expectRefusal(await runRefusedHub({ data }), /keys\.json/)
})
