import { setTimeout as pause } from 'node:timers/promises'
import type { ShownRow } from '../../hub-server/src/api/report.ts'
import type { Lead } from '../../hub-server/src/contracts/lead.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import type { Mode } from '../../hub-server/src/contracts/scope.ts'
import type { SuppressionValue } from '../../hub-server/src/contracts/suppression.ts'
import type { Hub } from '../hub/hub-process.ts'
import type { SandboxProcess } from '../hub/sandbox-process.ts'
import type { Expected, RunName } from './expected.ts'
import { ask, factsOf, get, leadsOf, resultsOf, settled } from './reading.ts'

const services = { depth: 'services', providers: ['hunter'] }

/** What is done to the hub of a version, so that its data folder holds something of every kind. */
export const drive = async (
  hub: Hub,
  { sandbox, control }: SandboxProcess,
): Promise<Omit<Expected, 'madeAt' | 'keys'>> => {
  const { population } = sandbox
  const named = new Map<RunName, string>()
  const requests: Record<string, { body: object; run: string }> = {}
  const post = <Body>(path: string, body: object, key: Mode = 'test') => ask<Body>(hub, 'POST', path, body, key)

  const start = async (name: RunName, body: object): Promise<string> => {
    const { run } = await ask<{ run: Run }>(hub, 'POST', '/v1/runs', body, 'test', { 'idempotency-key': name })
    named.set(name, run.id)
    requests[name] = { body, run: run.id }
    return run.id
  }
  const finish = async (name: RunName, body: object): Promise<void> =>
    void (await settled(hub, await start(name, body)))
  const people = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => population.person(from + at))
  const addresses = (from: number, to: number) => people(from, to).map(({ email }) => ({ email }))
  const leadsFrom = (from: number, to: number) =>
    people(from, to).map(({ email, firstName, lastName, title, company: { name, domain } }) => ({
      email,
      firstName,
      lastName,
      title,
      company: { name, domain },
    }))

  const connect = (connector: string, fields: object, more: object = {}, key: Mode = 'test') =>
    post('/v1/connections', { connector, fields, ...more }, key)
  await connect(
    'hunter',
    { apiKey: 'fixture-hunter' },
    { name: 'Verifier', limits: [{ calls: 100, per: '1s' }], creditPrice: 24_500 },
  )
  await connect('sendgrid', { apiKey: 'fixture-sendgrid' }, { limits: [{ calls: 20, per: '1s' }] })
  await connect('neverbounce', { apiKey: 'fixture-neverbounce' })
  await connect('hubspot', { token: 'fixture-hubspot' })
  await connect('hunter', { apiKey: 'fixture-live' }, {}, 'live')
  await ask(hub, 'PUT', '/v1/budget', { budget: 500 })

  const suppressed: SuppressionValue[] = [
    { channel: 'email', value: 'never@acme.example' },
    { channel: 'email', value: 'Not.Me@Acme.example' },
    { channel: 'domain', value: 'quiet.example' },
    { channel: 'phone', value: '+1 512 555 0177' },
    { channel: 'linkedin', value: 'https://www.linkedin.com/in/not-me' },
  ]
  await post('/v1/suppression', { entries: suppressed.map((entry) => ({ ...entry, reason: 'asked for it' })) })

  const { redirects } = await storeLeads(hub, leadsFrom(3000, 3020))

  const { list } = await post<{ list: { id: string } }>('/v1/lists', {
    name: 'Fair',
    items: leadsFrom(3100, 3112).map((lead, row) => ({ Row: row, 'E-Mail': lead.email, ...lead })),
  })
  await post('/v1/lists', { name: 'Empty columns', items: [{ b: 1, a: 2 }, { a: 'ö' }] })
  const pipeline = await post<{ id: string }>('/v1/pipelines', {
    name: 'Check and keep',
    steps: [
      { block: 'verify-email', options: { depth: 'free' } },
      { block: 'score-lead' },
      { block: 'lead-store', options: { source: 'pipeline' } },
    ],
  })

  await finish('verified', {
    block: 'verify-email',
    options: services,
    items: [...addresses(0, 120), {}, { email: 'no address' }],
  })
  await finish('verified again', { block: 'verify-email', options: services, items: addresses(20, 100) })
  await finish('paused by its budget', {
    block: 'verify-email',
    options: services,
    items: addresses(120, 320),
    budget: 0.9,
  })
  await finish('through a pipeline', { pipeline: pipeline.id, list: list.id })
  await finish('synced', { block: 'sync-crm', options: { crm: 'hubspot' }, items: leadsFrom(3200, 3225) })
  await finish('enriched', {
    block: 'enrich-lead',
    options: { providers: ['apollo'] },
    items: leadsFrom(3300, 3320).map(({ email, firstName, lastName }) => ({ email, firstName, lastName })),
  })
  await finish('found', {
    block: 'find-leads',
    options: { providers: ['apollo'], limit: 3 },
    items: sandbox.companies(4).map(({ domain }) => ({ domain })),
  })
  await finish('scraped', {
    block: 'scrape-website',
    options: { maxPages: 3 },
    items: sandbox.companies(4).map(({ website }) => ({ website })),
  })
  await finish('scored', { block: 'score-lead', options: {}, items: leadsFrom(3400, 3410) })

  // Of a service that is down some messages are refused, and of some nobody knows whether they left.
  await control('POST', 'outage?connector=sendgrid', { ms: 800 })
  await finish('sent', {
    block: 'send-message',
    options: { providers: ['sendgrid'], from: 'me@sender.example', subject: 'A question', text: 'Hello' },
    items: addresses(3500, 3540),
  })

  const slow = await start('paused by hand', { block: 'verify-email', options: services, items: addresses(400, 700) })
  await pause(1500)
  await post(`/v1/runs/${slow}/pause`, {})
  const cancelled = await start('cancelled', { block: 'verify-email', options: services, items: addresses(700, 1000) })
  await pause(1500)
  await post(`/v1/runs/${cancelled}/cancel`, {})
  await finish('verified by a job', {
    block: 'verify-email',
    options: { depth: 'services', providers: ['neverbounce'] },
    items: addresses(3600, 3620),
  })
  // What was under way when it was stopped is stored by now.
  await pause(1500)

  const expected = await readAll(hub)
  const killed = await start('killed', { block: 'verify-email', options: services, items: addresses(1000, 1300) })
  await pause(1500)
  await hub.kill()
  return {
    ...expected,
    redirects,
    named: Object.fromEntries([...named, ['killed', killed]]) as Expected['named'],
    requests,
    suppressed,
    budget: 500,
  }
}

/** Leads by several sources, two that are merged by hand, and two that turn out to be one. */
const storeLeads = async (hub: Hub, people: readonly object[]): Promise<{ redirects: Record<string, string> }> => {
  const store = async (lead: object, more: object = {}): Promise<string> =>
    (await ask<{ lead: Lead }>(hub, 'POST', '/v1/leads', { lead, ...more })).lead.id
  for (const person of people) await store(person, { source: 'import:fair', confidence: 0.7, legalBasis: 'consent' })
  const anna = { email: 'anna@acme.example', fullName: 'Anna Berg', title: 'CEO', custom: { tier: 'gold' } }
  await store(anna, { source: 'crm:hubspot', confidence: 0.9 })
  await store(
    {
      email: 'anna@acme.example',
      title: 'Founder',
      phone: '+15125550101',
      linkedin: 'https://www.linkedin.com/in/anna-berg',
    },
    { source: 'apollo', confidence: 0.6 },
  )
  const [ben, benToo] = [
    await store({ email: 'ben@acme.example', fullName: 'Ben Berg' }),
    await store({ email: 'ben.berg@acme.example', title: 'CTO' }, { source: 'lusha', confidence: 0.5 }),
  ]
  await ask(hub, 'POST', `/v1/leads/${benToo}/merge`, { into: ben })
  const [byMail, byLinkedin] = [
    await store({ email: 'carla@acme.example', title: 'CFO' }),
    await store({ linkedin: 'https://www.linkedin.com/in/carla-x', fullName: 'Carla X' }),
  ]
  const both = await store({ email: 'carla@acme.example', linkedin: 'https://www.linkedin.com/in/carla-x' })
  await ask(hub, 'POST', '/v1/leads', { lead: { email: 'dora@acme.example', fullName: 'Dora Live' } }, 'live')
  return { redirects: { [benToo]: ben, [byMail === both ? byLinkedin : byMail]: both } }
}

/** All that can be read. */
const readAll = async (
  hub: Hub,
): Promise<Omit<Expected, 'madeAt' | 'keys' | 'redirects' | 'named' | 'requests' | 'suppressed' | 'budget'>> => {
  const leads = await leadsOf(hub, 'test')
  const { runs } = await get<{ runs: Run[] }>(hub, '/v1/runs?limit=100')
  const facts: Record<string, Expected['facts'][string]> = {}
  for (const { id } of leads) facts[id] = await factsOf(hub, id)
  const results: Record<string, Expected['results'][string]> = {}
  for (const { id } of runs) results[id] = await resultsOf(hub, id)
  const of = async <Name extends string, Value>(path: string, name: Name, key: Mode = 'test') =>
    (await get<Record<Name, Value>>(hub, path, key))[name]
  return {
    leads,
    liveLeads: await leadsOf(hub, 'live'),
    facts,
    runs,
    results,
    lists: await of<'lists', Expected['lists']>('/v1/lists', 'lists'),
    pipelines: await of<'pipelines', Expected['pipelines']>('/v1/pipelines', 'pipelines'),
    connections: await of<'connections', Expected['connections']>('/v1/connections', 'connections'),
    liveConnections: await of<'connections', Expected['connections']>('/v1/connections', 'connections', 'live'),
    suppression: await get<Expected['suppression']>(hub, '/v1/suppression'),
    events: await of<'events', Expected['events']>('/v1/events?limit=1000', 'events'),
    report: (await of<'rows', ShownRow[]>('/v1/report?by=run', 'rows')).map(({ run, calls, price }) => ({
      ...(run && { run: run.id }),
      calls,
      price,
    })),
  }
}
