import { createServer, request as ask, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, expect, it } from 'vitest'
import { asHubError } from '../contracts/errors.ts'
import { createBodyRoom, readJson } from './bodies.ts'
import { Refusal } from './refusal.ts'

const megabyte = 1024 * 1024
const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

/** What became of a body: its value, or the refusal, and how much of the room is still taken. */
const readingOf = async (body: Buffer, headers: Record<string, string> = {}, bytes = 5 * megabyte, most = bytes) => {
  const room = createBodyRoom(most)
  let taken: { value?: unknown; status?: number; said?: string } = {}
  const server = createServer((request, response) => {
    readJson(request, { bytes, room })
      .then(
        ({ value, bytes: held }) => {
          room.give(held)
          taken = { value }
        },
        (thrown: unknown) => {
          const error = asHubError(thrown)
          taken = { status: error instanceof Refusal ? error.status : 400, said: error.message }
        },
      )
      .finally(() => {
        response.once('finish', () => request.resume())
        response.end()
      })
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve, reject) => {
    const sending = ask({ port, method: 'POST', headers, agent: false }, (response) => {
      response.resume().once('end', resolve)
    })
    // The answer may be there before all is sent.
    sending.on('error', (error) => (Object.keys(taken).length > 0 ? resolve() : reject(error)))
    sending.end(body)
  })
  expect(room.take(most), 'all room is given back').toBe(true)
  return taken
}

const items = Buffer.from(JSON.stringify({ items: Array.from({ length: 1000 }, (_, at) => ({ at, name: 'Zoë' })) }))

it.each([
  ['identity', (bytes: Buffer) => bytes],
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
])('a body is read in the coding %s', async (coding, pack) => {
  const { value } = await readingOf(pack(items), { 'content-encoding': coding })
  expect(value).toEqual(JSON.parse(items.toString()))
})

it('a bomb is refused by how it grows, and by how large it is', async () => {
  const zeros = gzipSync(Buffer.alloc(3 * megabyte, ' '))
  expect(await readingOf(zeros, { 'content-encoding': 'gzip' })).toEqual({
    status: 413,
    said: 'The body is more than 100 times as large as what was sent of it.',
  })
  const list = gzipSync(Buffer.from(JSON.stringify(Array.from({ length: 500_000 }, (_, at) => at ** 2))))
  expect(await readingOf(list, { 'content-encoding': 'gzip' }, megabyte)).toEqual({
    status: 413,
    said: 'The body is larger than 1 MB.',
  })
})

it.each<[string, Buffer, Record<string, string>, string]>([
  ['what is not packed as it says', items, { 'content-encoding': 'gzip' }, 'not compressed as'],
  ['half of a packed body', gzipSync(items).subarray(0, 100), { 'content-encoding': 'gzip' }, 'not compressed as'],
  ['an unknown coding', items, { 'content-encoding': 'gzip, gzip' }, 'encoding is not supported'],
  ['UTF-16', items, { 'content-type': 'application/json; charset=utf-16' }, 'encoding is not supported'],
  ['5,000 levels', Buffer.from('['.repeat(5000) + ']'.repeat(5000)), {}, 'nested more than 64 levels'],
  ['no JSON', Buffer.from('{"a":'), {}, 'The body is not JSON'],
  ['a NUL that is no escape', Buffer.from('{"a":"\0"}'), {}, 'The body is not JSON'],
])('%s is refused in words', async (_what, body, headers, said) => {
  expect((await readingOf(body, headers)).said).toContain(said)
})

it('a million names are refused before they are parsed', async () => {
  const names = Buffer.from(`{${Array.from({ length: 300_000 }, (_, at) => `"${at}":1`).join()}}`)
  expect((await readingOf(names)).said).toBe('The body has more than 10,000 fields in one object.')
})

it('where many are read already, one more is asked to come again', async () => {
  expect((await readingOf(items, {}, 5 * megabyte, 1000)).said).toContain('as much as it can hold')
})
