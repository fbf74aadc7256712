import { createServer, type RequestListener, type Server } from 'node:http'
import { Readable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { Problem } from '../problem.ts'
import { askHub, Unreachable, type Door } from './rest.ts'

let server: Server | undefined
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

async function doorOf(listener: RequestListener): Promise<Door> {
  const one = (server = createServer(listener))
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  const address = one.address()
  return { address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, key: 'ainow_test_x' }
}

const never = new AbortController().signal
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test('a file is sent as it is read, and no further than the hub takes it', async () => {
  const pieces = { given: 0 }
  const body = Readable.from(
    (function* () {
      for (; pieces.given < 10_000; pieces.given++) yield Buffer.alloc(64 * 1024)
    })(),
  )
  const door = await doorOf((_request, response) =>
    setTimeout(() => response.writeHead(400).end('{"detail":"No header.","advice":"Add one."}'), 200),
  )
  const thrown = await thrownBy(askHub(door, 'Starting the run', '/v1/runs', { method: 'POST', body }, never))
  expect(thrown).toBeInstanceOf(Problem)
  expect(thrown).not.toBeInstanceOf(Unreachable)
  expect(String(thrown)).toContain('Starting the run failed. No header. Add one.')
  expect(pieces.given).toBeLessThan(1000)
})

test('a hub that is not there, that fails or that breaks off is worth asking again', async () => {
  const gone = { address: 'http://127.0.0.1:9', key: 'x' }
  const failing = await doorOf((_request, response) => response.writeHead(503).end('{"detail":"Closing."}'))
  for (const door of [gone, failing])
    expect(await thrownBy(askHub(door, 'Looking', '/', {}, never))).toBeInstanceOf(Unreachable)
  server?.close()
  const breaking = await doorOf((_request, response) => response.writeHead(200).write('{', () => response.destroy()))
  expect(await thrownBy(askHub(breaking, 'Looking', '/', {}, never))).toBeInstanceOf(Unreachable)
})

test('who is asked to stop waits for no answer', async () => {
  const door = await doorOf(() => undefined)
  const stopping = new AbortController()
  setTimeout(() => stopping.abort(), 20)
  expect(await thrownBy(askHub(door, 'Looking', '/', {}, stopping.signal))).toMatchObject({ exitCode: 130 })
})

test('an answer that is no JSON is told as such', async () => {
  const door = await doorOf((_request, response) => response.end('<html>'))
  expect(String(await thrownBy(askHub(door, 'Looking', '/', {}, never)))).toContain('not JSON')
})
