import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Companies } from '../../hub-server/src/api/sandbox.ts'
import { startHub, type Hub } from './hub-process.ts'
import { expectProblem } from './plain-words.ts'

interface Output extends Record<string, unknown> {
  readonly company?: {
    readonly name?: string
    readonly domain?: string
    readonly industry?: string
    readonly address?: { readonly city?: string }
  }
  readonly message?: { readonly id: string; readonly provider: string }
}
type Answer = BlockAnswer<Output>

let hub: Hub
let sandbox: Sandbox
let domain = ''
beforeAll(async () => {
  // In this process, so that it can be asked what it took.
  sandbox = await startSandbox({
    connectorsDir: fileURLToPath(new URL('../../hub-server/connectors', import.meta.url)),
  })
  hub = await startHub({ env: { SANDBOX_URL: sandbox.url } })
  const { body } = await hub.call<Companies>('GET', '/v1/sandbox/companies', {
    key: hub.keys.test,
  })
  domain = body.companies[0]?.domain ?? expect.fail('the sandbox names no companies')
})
afterAll(async () => {
  await hub.stop()
  await sandbox.stop()
})

/** What a service was asked so far, and what it took of that: one call more than messages is one that it refused. */
const bookOf = async (connector: string): Promise<{ calls: number; taken: number }> => {
  const answer = await fetch(`${sandbox.url}/_sandbox/counts`)
  const counts = (await answer.json()) as Record<
    string,
    Record<string, Record<string, { calls: number; successes: number }>>
  >
  const routes = Object.values(counts[connector] ?? {}).flatMap((ofKey) => Object.values(ofKey))
  return {
    calls: routes.reduce((sum, { calls }) => sum + calls, 0),
    taken: routes.reduce((sum, { successes }) => sum + successes, 0),
  }
}

const block = (name: string, items: object[], options: object) =>
  hub.call<Answer>('POST', `/v1/blocks/${name}`, { key: hub.keys.test, body: { items, options } })
const find = async (items: object[], options: object): Promise<Answer> =>
  (await block('find-leads', items, options)).body

describe('Find Leads in the sandbox', () => {
  test('finds people at a company, by the first service that knows some, and again without a call', async () => {
    const { results, usage } = await find([{ website: `https://www.${domain}/`, row: 1 }, {}], { limit: 2 })
    expect(results[0]?.outputs.length).toBeGreaterThan(0)
    for (const person of results[0]?.outputs ?? [])
      expect(person).toMatchObject({
        row: 1,
        firstName: expect.any(String),
        foundBy: 'apollo',
        ids: { apollo: expect.any(String) },
        company: { domain },
      })
    expect(results[1]).toMatchObject({ status: 'failed', error: { kind: 'invalid_input' } })
    expect(usage.calls).toBe(1)
    expect((await find([{ domain }], { limit: 2 })).usage).toMatchObject({ calls: 0, cached: 1 })
  })

  test('gives no more than the limit, of whoever fits', async () => {
    const { results } = await find([{}], { limit: 3, seniorities: ['c_suite'], providers: ['people-data-labs'] })
    expect(results[0]?.outputs).toHaveLength(3)
    for (const person of results[0]?.outputs ?? []) expect(person).toMatchObject({ foundBy: 'people-data-labs' })
  })

  test.each(['apollo', 'crunchbase', 'lusha', 'people-data-labs', 'zoominfo'])(
    'finds companies through %s, as leads that the next block can read',
    async (provider) => {
      const { results } = await find([{ row: 1 }], {
        kind: 'companies',
        industries: ['software'],
        limit: 2,
        providers: [provider],
      })
      expect(results[0]?.outputs).toHaveLength(2)
      for (const company of results[0]?.outputs ?? [])
        expect(company).toMatchObject({
          row: 1,
          foundBy: provider,
          company: { name: expect.any(String), domain: company.domain },
          website: expect.stringContaining(String(company.domain)),
        })
    },
  )

  test('says of a miss that nobody was found, and of criteria that nobody can go by what to do', async () => {
    expect((await find([{ domain: 'nobody-there.example' }], { providers: ['apollo', 'hunter'] })).results).toEqual([
      { item: 0, status: 'done', outputs: [], reason: 'Nobody who fits was found at nobody-there.example.' },
    ])
    const impossible = await find([{ domain }], {
      keywords: 'x',
      departments: ['sales'],
      seniorities: ['vp'],
      locations: ['Austin'],
    })
    expect(impossible.results[0]).toMatchObject({
      status: 'failed',
      error: { kind: 'unsupported', advice: expect.stringContaining('Leave out a criterion') },
    })
  })

  test('refuses a service that cannot find what is looked for', async () => {
    const answer = await block('find-leads', [{ domain }], { providers: ['crunchbase'] })
    expectProblem(answer, { status: 400, kind: 'invalid_input', names: /crunchbase cannot do this/ })
    expect(
      (await block('find-leads', [{}], { kind: 'companies', industries: ['software'], providers: ['hunter'] })).status,
    ).toBe(400)
  })
})

describe('Send Message in the sandbox', () => {
  const lead = { firstName: 'Ada', email: 'ada@acme.example', mobile: '+15125550123', recipient: '1234567890' }

  test.each([
    ['sms', {}, 'twilio'],
    ['whatsapp', { providers: ['whatsapp'], template: 'hello_world', templateValues: ['[[firstName]]'] }, 'whatsapp'],
    ['chat', { to: '#sales' }, 'slack'],
    ['direct', { providers: ['instagram'] }, 'instagram'],
  ])('writes by %s, once for each lead', async (channel, more, provider) => {
    const before = await bookOf(provider)
    const { body } = await block('send-message', [lead, { ...lead, firstName: 'Ben' }], {
      channel,
      text: 'Hello [[firstName]]',
      ...more,
    })
    const after = await bookOf(provider)
    expect(body.results.map(({ status, outputs }) => [status, outputs[0]?.message?.provider])).toEqual([
      ['done', provider],
      ['done', provider],
    ])
    expect(new Set(body.results.map(({ outputs }) => outputs[0]?.message?.id)).size).toBe(2)
    expect(after.taken - before.taken, 'messages that went out').toBe(2)
    expect(body.usage.calls, 'calls that the hub counts').toBe(after.calls - before.calls)
  })

  test('does not write to a number that asked not to be contacted', async () => {
    const number = '+15125550177'
    await hub.call('POST', '/v1/suppression', {
      key: hub.keys.test,
      body: { entries: [{ channel: 'phone', value: number }] },
    })
    const { body } = await block('send-message', [{ mobile: number }], { channel: 'sms', text: 'Hello' })
    expect(body).toMatchObject({ results: [{ status: 'failed', error: { kind: 'suppressed' } }], usage: { calls: 0 } })
  })

  test.each([
    [{ text: 'Hello' }, /needs “From” and “Subject”/],
    [{ channel: 'sms', text: 'Hello', providers: ['slack'] }, /slack cannot do this \(sendMessage\.sms\)/],
  ])('refuses %j before anything is sent', async (options, names) => {
    const answer = await block('send-message', [lead], options)
    expectProblem(answer, { status: 400, kind: 'invalid_input', names })
  })
})
