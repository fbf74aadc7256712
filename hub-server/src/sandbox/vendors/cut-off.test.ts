import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCutOffs, underWayMs, type CutOffs } from './cut-off.ts'

let now: number
let cutOffs: CutOffs
let asked: ServerResponse[]
const server = createServer((message, response) => {
  cutOffs.watch('acme', message, response)
  asked.push(response)
})
beforeEach(async () => {
  now = 1000
  cutOffs = createCutOffs(() => now)
  asked = []
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(() => void server.close())

/** A request that has reached the vendor, on a connection of its own that would be kept. */
const ask = async (path = '/') => {
  const { port } = server.address() as AddressInfo
  const asking = request({ port, path, host: '127.0.0.1', agent: false, headers: { connection: 'keep-alive' } }).on(
    'error',
    () => undefined,
  )
  const count = asked.length
  asking.end()
  await expect.poll(() => asked.length).toBe(count + 1)
  return asking
}

const portOf = (asking: Awaited<ReturnType<typeof ask>>): number =>
  asking.socket?.localPort ?? expect.fail('it has no port')

const answer = async (asking: Awaited<ReturnType<typeof ask>>): Promise<void> => {
  asked.at(-1)?.end('yes')
  const [response]: IncomingMessage[] = await once(asking, 'response')
  await response?.toArray()
}

test('what was under way when its asker died is counted: not answered, or just answered', async () => {
  const early = await ask()
  await answer(early)
  now += underWayMs + 1
  const [waiting, living] = [await ask(), await ask()]
  const late = await ask()
  await answer(late)
  const died = (now += 1)
  // Its connections may break later.
  now += 500
  for (const asking of [waiting, early, late]) asking.destroy()
  await expect.poll(() => cutOffs.at(died)).toEqual({ acme: { unanswered: 1, justAnswered: 1 } })
  now += underWayMs + 1
  expect(cutOffs.at(now)).toEqual({ acme: { unanswered: 0, justAnswered: 0 } })
  living.destroy()
})

test('what a living asker has under way is counted by its ports, and by what it asked', async () => {
  const [waiting, other] = [await ask('/jobs'), await ask('/jobs')]
  await ask('/check')
  const whose = { ports: [portOf(waiting)], path: '/jobs' }
  expect(cutOffs.at(now, whose)).toEqual({ acme: { unanswered: 1, justAnswered: 0 } })
  expect(cutOffs.at(now, { ports: [portOf(waiting), portOf(other)] })).toEqual({
    acme: { unanswered: 2, justAnswered: 0 },
  })
  expect(cutOffs.at(now, { ...whose, path: '/check' })).toEqual({})
  expect(cutOffs.at(now)).toEqual({})
  waiting.destroy()
  other.destroy()
})

test('what the vendor breaks off itself is not', async () => {
  const first = await ask()
  const [response] = asked
  if (response) cutOffs.dismiss(response.req)
  response?.destroy()
  await new Promise((resolve) => first.once('close', resolve))
  const second = await ask()
  second.destroy()
  await expect.poll(() => cutOffs.at(now)).toEqual({ acme: { unanswered: 1, justAnswered: 0 } })
})
