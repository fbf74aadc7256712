import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { readRows } from './readRows.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const megabyte = 1024 * 1024
const total = 200 * megabyte

const row = {
  csv: `ada@acme.example,Ada,"${'words, '.repeat(100)}"\n`,
  jsonl: `${JSON.stringify({ email: 'ada@acme.example', note: 'words, '.repeat(100) })}\n`,
}

/** 200 MB, made as they are asked for. */
const large = (type: 'csv' | 'jsonl') => {
  const given = { bytes: 0, ended: false }
  const chunk = Buffer.from(row[type].repeat(Math.ceil((256 * 1024) / row[type].length)))
  const body = async function* (): AsyncGenerator<Uint8Array> {
    if (type === 'csv') yield Buffer.from('email,name,note\n')
    try {
      while (given.bytes < total) {
        given.bytes += chunk.length
        yield chunk
      }
    } finally {
      given.ended = true
    }
  }
  return { given, body: body() }
}

const used = (): number => {
  collect()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

test.each(['csv', 'jsonl'] as const)(
  '200 MB of %s are read in constant memory, and never far ahead of the reader',
  async (type) => {
    const { given, body } = large(type)
    let rows = 0
    let ahead = 0
    let most = 0
    const before = used()
    for await (const { problem } of readRows(body, { type, fields: ['email'] })) {
      if (problem) throw new Error(problem)
      if (rows++ % 1000 === 0) ahead = Math.max(ahead, given.bytes - rows * row[type].length)
      if (rows % 50_000 === 0) most = Math.max(most, used() - before)
    }
    expect(rows * row[type].length).toBe(given.bytes)
    expect(ahead).toBeLessThan(megabyte)
    expect(most).toBeLessThan(20 * megabyte)
  },
  120_000,
)

test('a reader that stops ends the body', async () => {
  const { given, body } = large('csv')
  for await (const { input } of readRows(body, { type: 'csv', fields: [] })) {
    expect(input.name).toBe('Ada')
    break
  }
  await expect.poll(() => given.ended).toBe(true)
  expect(given.bytes).toBeLessThan(2 * megabyte)
})
