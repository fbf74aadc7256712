import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlockAnswer, Results } from '../../hub-server/src/api/runs.ts'
import type { Estimate, Run } from '../../hub-server/src/contracts/run.ts'
import { startHub, type Hub } from './hub-process.ts'
import { expectProblem } from './plain-words.ts'

let hub: Hub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.stop())

const ask = <Body = { run: Run }>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  hub.call<Body>(method, path, { key: hub.keys.test, body, headers })

const csv = { 'content-type': 'text/csv' }
const free = encodeURIComponent(JSON.stringify({ depth: 'free' }))
const send = (file: string | Buffer, query = '', headers: Record<string, string> = {}) =>
  ask('POST', `/v1/runs?block=verify-email&options=${free}${query}`, file, { ...csv, ...headers })

type Output = Readonly<Record<string, unknown>>

/** The run at its end, with its results. */
const ended = async (id: string) => {
  const { body: run } = await ask<Run>('GET', `/v1/runs/${id}?wait=30s`)
  const { body } = await ask<Results<Output>>('GET', `/v1/runs/${id}/results`)
  return { run, results: body.results }
}

describe('a file as the body', () => {
  test.for<[string, string | Buffer]>([
    ['with a byte order mark', '\ufeffemail,name\nanna@acme.example,Anna\n'],
    ['in UTF-16', Buffer.from('\ufeffemail,name\nanna@acme.example,Anna\n', 'utf16le')],
    ['with semicolons and the column in another case', 'E-Mail;name\nanna@acme.example;Anna\n'],
  ])('%s is read', async ([, file]) => {
    const { status, body } = await send(file)
    expect(status).toBe(202)
    const { run, results } = await ended(body.run.id)
    expect(run).toMatchObject({ status: 'done', items: { total: 1, done: 1 } })
    expect(results[0]?.outputs[0]).toMatchObject({
      email: 'anna@acme.example',
      name: 'Anna',
      verdict: expect.any(String),
    })
  })

  test('with ragged rows: those fail, each saying why, and the others are done', async () => {
    const { body } = await send('email,name\nanna@acme.example,Anna\nben@acme.example\ncarl@acme.example,Carl,extra\n')
    const { results } = await ended(body.run.id)
    expect(results.map(({ status }) => status)).toEqual(['done', 'failed', 'failed'])
    expect(results[1]?.error).toMatchObject({ kind: 'invalid_input', message: expect.stringMatching(/^Row 3 /) })
  })

  test('with a cell of 5 MB: that row fails, the next is done', async () => {
    const { body } = await send(`email,name\nanna@acme.example,${'x'.repeat(5 * 1024 * 1024)}\nben@acme.example,Ben\n`)
    const { results } = await ended(body.run.id)
    expect(results.map(({ status }) => status)).toEqual(['failed', 'done'])
  })

  test('that is refused at its first row is told why, though most of it has not come yet', async () => {
    expectProblem(await send(`anna@acme.example,Anna\n${'ben@acme.example,Ben\n'.repeat(2_000_000)}`), {
      status: 400,
      kind: 'invalid_input',
      names: /header/,
    })
  })

  test.for<[string, string | Buffer, string, RegExp]>([
    ['in another encoding', Buffer.from('email,name\nanna@acme.example,Ren\u00e9e\n', 'latin1'), '', /UTF-8/],
    ['without a header', 'anna@acme.example,Anna\n', '', /header|first line/i],
    ['with nothing in it', '', '', /empty|header|body/i],
    [
      'with a mapping to a column that it lacks',
      'email,name\na@acme.example,A\n',
      `&map=${encodeURIComponent('{"email":"Work E-Mail"}')}`,
      /Work E-Mail.*email.*name/s,
    ],
    ['with a mapping that is no JSON', 'email\na@acme.example\n', '&map=email', /map/],
  ])('%s is refused as a whole, and no run is there', async ([, file, query, names]) => {
    const { body: before } = await ask<{ runs: Run[] }>('GET', '/v1/runs?limit=100')
    expectProblem(await send(file, query), { status: 400, kind: 'invalid_input', names })
    const { body: after } = await ask<{ runs: Run[] }>('GET', '/v1/runs?limit=100')
    expect(after.runs.length).toBe(before.runs.length)
  })
})

describe('a run', () => {
  const items = [{ email: 'anna@acme.example' }, { email: 'ben@acme.example' }]
  const paid = { block: 'verify-email', options: { depth: 'services', providers: ['hunter'], maxAgeDays: 0 }, items }

  test('with a budget of nothing pauses before it pays, and goes on with another', async () => {
    const { body } = await ask('POST', '/v1/runs', { ...paid, budget: 0 })
    const { run } = await ended(body.run.id)
    expect(run).toMatchObject({
      status: 'paused',
      error: { kind: 'over_budget', advice: expect.stringMatching(/budget/i) },
    })
    const { body: report } = await ask<Run>('GET', `/v1/runs/${run.id}`)
    expect(report.usage.price).toBe(0)
    await ask('POST', `/v1/runs/${run.id}/resume`, { budget: 5 })
    expect((await ended(run.id)).run).toMatchObject({ status: 'done', items: { done: 2 } })
  })

  test('is cancelled once; to cancel it again changes nothing', async () => {
    const { body } = await ask('POST', '/v1/runs', { ...paid, budget: 0 })
    await ended(body.run.id)
    const first = await ask<Run>('POST', `/v1/runs/${body.run.id}/cancel`)
    const second = await ask<Run>('POST', `/v1/runs/${body.run.id}/cancel`)
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body).toEqual(first.body)
    expect(second.body.status).toBe('cancelled')
    expectProblem(await ask('POST', `/v1/runs/${body.run.id}/resume`, {}), {
      status: 409,
      kind: 'conflict',
      names: /cancelled/,
    })
  })

  test('that is stopped with everything else, or cancelled, makes no call from a second later on', async () => {
    // One call each, five a second: it is under way for minutes.
    const people = Array.from({ length: 1000 }, (_, at) => ({ email: `stopped${at}@acme.example` }))
    const {
      body: {
        run: { id },
      },
    } = await ask('POST', '/v1/runs', { ...paid, items: people })
    const calls = async () => (await ask<Run>('GET', `/v1/runs/${id}`)).body.usage.calls
    const stands = async () => {
      await pause(1000)
      const then = await calls()
      await pause(1000)
      expect(await calls()).toBe(then)
      return then
    }
    await expect.poll(calls).toBeGreaterThan(0)
    expect((await ask<{ paused: number }>('POST', '/v1/stop')).body.paused).toBeGreaterThan(0)
    const atStop = await stands()
    await ask('POST', '/v1/start')
    expect((await ask<Run>('GET', `/v1/runs/${id}`)).body.status).toBe('paused')
    await ask('POST', `/v1/runs/${id}/resume`, {})
    await expect.poll(calls).toBeGreaterThan(atStop)
    await ask('POST', `/v1/runs/${id}/cancel`)
    await stands()
  })

  test('under a key that had another body is refused, and the first stays', async () => {
    const headers = { 'idempotency-key': 'one and the same' }
    const first = await ask('POST', '/v1/runs', { block: 'score-lead', items }, headers)
    const again = await ask('POST', '/v1/runs', { block: 'score-lead', items }, headers)
    expect(again.body.run.id).toBe(first.body.run.id)
    expectProblem(await ask('POST', '/v1/runs', { block: 'score-lead', items: items.slice(1) }, headers), {
      status: 409,
      kind: 'conflict',
      names: /Idempotency-Key/,
    })
    expect((await ended(first.body.run.id)).run).toMatchObject({ status: 'done', items: { total: 2, done: 2 } })
  })

  test('is foreseen also where a block stores what it writes, and stores nothing', async () => {
    const people = Array.from({ length: 250 }, (_, at) => ({
      email: `person${at}@acme.example`,
      fullName: `Person ${at}`,
    }))
    const { body } = await ask<Estimate>('POST', '/v1/runs/estimate', {
      block: 'sync-crm',
      options: { crm: 'hubspot' },
      items: people,
    })
    // Three look-ups of at most a hundred, and as many writes.
    expect(body).toMatchObject({ items: { total: 250, unable: 0 }, calls: { likely: 6 } })
    expect(body.providers.map(({ operation, calls }) => [operation, calls])).toEqual([
      ['readRecords.contact', 3],
      ['upsertRecords.contact', 3],
    ])
    expect((await ask<{ leads: unknown[] }>('GET', '/v1/leads?q=person249')).body.leads).toEqual([])
  })

  test('of one capability asks the services for that and nothing else', async () => {
    const { status, body } = await ask<BlockAnswer<Output>>('POST', '/v1/capabilities/verifyEmail', {
      items: [...items, { email: 5 }],
      options: { providers: ['hunter'] },
    })
    expect(status).toBe(200)
    expect(body.results.map(({ status: one }) => one)).toEqual(['done', 'done', 'failed'])
    expect(Object.keys(body.results[0]?.outputs[0] ?? {})).toContain('status')
    expect(body.results[2]?.error?.kind).toBe('invalid_input')
    expectProblem(await ask('POST', '/v1/capabilities/verifyMail', { items }), {
      status: 404,
      kind: 'not_found',
      names: /verifyMail.*verifyEmail/s,
    })
    const { body: all } = await ask<{ capabilities: { id: string; item: object }[] }>('GET', '/v1/capabilities')
    expect(all.capabilities.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['verifyEmail', 'sendMessage', 'writeRows']),
    )
  })
})
