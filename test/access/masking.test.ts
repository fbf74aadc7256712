import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHub, type Hub } from '../hub/hub-process.ts'
import { placesOf, type Document } from '../hostile/requests/document.ts'
import { asMachine, enter, type Browser } from './people.ts'

/** Values that nothing else has. */
const secrets = {
  email: 'quorvath.zel@acme-labs.example',
  fullName: 'Quorvath Zelensson',
  phone: '+15550100777',
  linkedin: 'https://www.linkedin.com/in/quorvath-zelensson',
  city: 'Quorvathville',
}
const marks = /quorvath|zelensson|0100777|555.?0100/i

let hub: Hub
let analyst: Browser
let ids: string[]

beforeAll(async () => {
  hub = await startHub({ env: { LOG_LEVEL: 'info' } })
  analyst = await enter(hub, 'reader@acme.example', 'analyst')
  const make = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await hub.call('POST', path, { key: hub.keys.test, body })
    expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(300)
    return answer.body
  }
  const lead = { ...secrets, title: 'Head of Things', company: { name: 'Acme Labs', domain: 'acme-labs.example' } }
  const item = { ...lead, note: `Call ${secrets.fullName} at ${secrets.phone}`, salary: 123456789 }
  const made = [
    await make('/v1/leads', { lead, source: 'https://acme-labs.example/team/quorvath-zelensson' }),
    await make('/v1/lists', { name: 'A list', items: [item] }),
    await make('/v1/blocks/score-lead', { items: [item] }),
    await make('/v1/blocks/verify-email', { items: [item, { email: 'not quorvath an address' }] }),
    await make('/v1/blocks/lead-store', { items: [{ email: secrets.email }], options: { operation: 'get' } }),
  ]
  ids = [...new Set([...JSON.stringify(made).matchAll(/"id":"([^"]+)"/g)].map(([, id = '']) => id))]
})
afterAll(() => hub.stop())

describe('who may not see personal data', () => {
  test('sees none in any answer, export or event, by whatever address', async () => {
    const places = placesOf((await hub.call<Document>('GET', '/openapi.json')).body).filter(
      ({ method }) => method === 'GET',
    )
    const shown: string[] = []
    let asked = 0
    for (const { path } of places)
      for (const address of path.includes('{') ? ids.map((id) => path.replaceAll(/\{\w+\}/g, id)) : [path]) {
        const { text, status } = await hub.call('GET', address, { headers: { ...analyst.headers, 'hub-mode': 'test' } })
        if (status === 200) asked++
        if (marks.test(text)) shown.push(`${address}: ${text.slice(0, 2_000)}`)
      }
    expect(shown).toEqual([])
    expect(asked).toBeGreaterThan(25)
  })

  test('still sees what tells of nobody', async () => {
    const { text } = await hub.call('GET', '/v1/leads', { headers: { ...analyst.headers, 'hub-mode': 'test' } })
    expect(text).toContain('Head of Things')
    expect(text).toContain('Acme Labs')
    expect(text).toContain('•••')
  })

  test('cannot find out by searching', async () => {
    for (const query of ['q=quorvath', `email=${secrets.email}`, 'search=zel'])
      expect(
        (await hub.call('GET', `/v1/leads?${query}`, { headers: { ...analyst.headers, 'hub-mode': 'test' } })).status,
      ).toBe(403)
  })

  test('cannot find out by how many leads a run would have', async () => {
    const estimate = (query: string): Promise<number> =>
      hub
        .call('POST', '/v1/runs/estimate', {
          headers: { ...analyst.headers, 'hub-mode': 'test' },
          body: { block: 'score-lead', leads: { query } },
        })
        .then(({ status }) => status)
    expect(await estimate('')).toBe(200)
    expect(await estimate('quorvath')).toBe(403)
  })

  test('gets masked results of what such a key runs itself', async () => {
    const { secret } = await asMachine<{ secret: string }>(hub, 'POST', '/v1/keys', {
      name: 'Blind',
      mode: 'test',
      scopes: ['runs', 'leads.read', 'events'],
    })
    const { text, status } = await hub.call('POST', '/v1/blocks/lead-store', {
      key: secret,
      body: { items: [{ email: secrets.email }], options: { operation: 'get' } },
    })
    expect(status, text).toBe(200)
    expect(text).not.toMatch(marks)
    expect(text).toContain('Head of Things')
  })
})

test('who may see it does', async () => {
  const { text } = await hub.call('GET', '/v1/leads', { key: hub.keys.test })
  for (const value of Object.values(secrets)) expect(text).toContain(value)
})

test('no log tells of it', () => {
  expect(hub.output()).not.toMatch(marks)
})
