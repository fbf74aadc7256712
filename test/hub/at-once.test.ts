import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServices } from '../../hub-server/src/db/testing/services.ts'
import type { Lead } from '../../hub-server/src/contracts/lead.ts'
import { startHub, type Hub } from './hub-process.ts'

const services = await startServices()
afterAll(() => services.stop())

const places: { name: string; env: Record<string, string> }[] = [
  { name: 'embedded', env: {} },
  ...(services.databaseUrl ? [{ name: 'on PostgreSQL', env: { DATABASE_URL: services.databaseUrl } }] : []),
]

describe.each(places)('what comes several times at once, $name', ({ env }) => {
  let hub: Hub
  beforeAll(async () => {
    hub = await startHub({ env })
  })
  afterAll(() => hub.stop())

  const store = (lead: object) => hub.call<{ lead: Lead }>('POST', '/v1/leads', { key: hub.keys.test, body: { lead } })

  test.for([
    ['a person', { email: 'anna.berg@acme.example', fullName: 'Anna Berg' }],
    ['a person at two addresses', { email: 'ben@acme.example', linkedin: 'https://www.linkedin.com/in/ben-berg' }],
    ['a role address', { email: 'mailing-list@acme.example' }],
    ['a company of several people', { email: 'cleo@acme.example', company: { domain: 'acme.example', name: 'Acme' } }],
  ] as const)('%s is stored once', async ([, lead]) => {
    // The pool's connections are opened first: what comes one after the other proves nothing.
    await Promise.all(Array.from({ length: 10 }, () => hub.call('GET', '/v1/leads', { key: hub.keys.test })))
    const answers = await Promise.all(Array.from({ length: 10 }, () => store(lead)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(new Set(answers.map(({ body }) => body.lead.id)).size).toBe(1)
  })
})
