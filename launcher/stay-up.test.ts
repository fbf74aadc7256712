import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Running } from './processes.ts'
import { stayUp } from './stay-up.ts'

const folder = mkdtempSync(join(tmpdir(), 'hub-stay-up-'))
const log = join(folder, 'program.log')
writeFileSync(log, 'Something was wrong.\n')
afterAll(() => rmSync(folder, { recursive: true }))

/** A program that ends when the test says so. */
const program = (name: string) => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const running: Running = {
    name,
    log,
    end: undefined,
    ended: promise.then((end) => (running.end = end)),
    stop: async () => resolve('SIGTERM'),
  }
  return { running, end: resolve }
}

/** A hub of which each start is another program; ends the ones that there were until now. */
const restarting = () => {
  const all = [program('The hub')]
  return {
    hub: all[0]?.running ?? program('The hub').running,
    startAgain: () => {
      const next = program('The hub')
      all.push(next)
      return Promise.resolve(next.running)
    },
    endLast: async (): Promise<void> => {
      all.at(-1)?.end('SIGKILL')
      await new Promise((resolve) => setImmediate(resolve))
    },
    starts: () => all.length,
  }
}

test('a hub that ends by itself is started again, five times in ten minutes at most', async () => {
  const { hub, startAgain, endLast, starts } = restarting()
  const staying = stayUp({ hub, startAgain, others: [], stop: new AbortController().signal, now: () => 0 })
  const problem = expect(staying).rejects.toThrow('The hub stopped by itself (SIGKILL).')
  for (let count = 0; count < 6; count++) await endLast()
  await problem
  expect(starts()).toBe(6)
})

test('one that ends now and then is started again each time', async () => {
  const { hub, startAgain, endLast, starts } = restarting()
  const stop = new AbortController()
  let minutes = 0
  const staying = stayUp({ hub, startAgain, others: [], stop: stop.signal, now: () => (minutes += 5) * 60_000 })
  for (let count = 0; count < 8; count++) await endLast()
  stop.abort()
  await staying
  expect(starts()).toBe(9)
})

test('another program that ends by itself ends everything', async () => {
  const { hub, startAgain } = restarting()
  const n8n = program('n8n')
  const staying = stayUp({ hub, startAgain, others: [n8n.running], stop: new AbortController().signal })
  n8n.end('1')
  await expect(staying).rejects.toThrow('n8n stopped by itself (1).')
})
