import type { ILoadOptionsFunctions, INodeProperties } from 'n8n-workflow'
import { expect, test } from 'vitest'
import type { BlockContract } from '../../hub-server/src/contracts/block.ts'
import { contracts } from '../generate/contracts.ts'
import { stale } from '../generate/node-forms.ts'
import { builtNode, execute } from './engine.ts'
import { fakeHub } from './fake-hub.ts'

const nodes = [
  'FindLeads',
  'ScrapeWebsite',
  'VerifyEmail',
  'EnrichLead',
  'ScoreLead',
  'SyncCrm',
  'SendMessage',
  'LeadStore',
]

test('the forms are what the contracts say', () => {
  expect(stale().map(({ path }) => path)).toEqual([])
})

const lead = { website: 'acme.example', email: 'anna@acme.example' }

test.each(nodes)(
  '%s, as it is dragged in, sends what its contract takes, with the contract’s defaults',
  async (node) => {
    const hub = await fakeHub({ result: (item) => ({ outputs: [{ ...item, found: true }] }) })
    const { items, error } = await execute({ node, items: [lead], hub: hub.address })
    expect(error).toBeUndefined()
    expect(items).toEqual([{ json: { ...lead, found: true }, pairedItem: { item: 0 } }])
    const contract = contracts.find(({ id }) => hub.asked[0]?.url === `/v1/blocks/${id}`)
    const shown = Object.entries(contract?.options.properties ?? {}).filter(
      ([, schema]) => !('x-advanced' in schema) && isShown(contract, schema),
    )
    const defaults = shown.flatMap(([name, schema]) => ('default' in schema ? [[name, schema.default]] : []))
    expect(hub.asked[0]?.body?.options).toEqual(Object.fromEntries(defaults))
  },
)

/** Whether a field means something with the other options' defaults. */
const isShown = (contract: BlockContract | undefined, schema: object): boolean =>
  Object.entries('x-shown-for' in schema ? (schema['x-shown-for'] as Record<string, string[]>) : {}).every(
    ([name, values]) => {
      const other: object = contract?.options.properties[name] ?? {}
      return 'default' in other && values.includes(String(other.default))
    },
  )

test.each(nodes)('%s is named and described as its contract says, and has an icon for light and for dark', (node) => {
  const { description } = builtNode(node)
  const contract = contracts.find(({ name }) => name === description.displayName)
  expect(description.description).toBe(contract?.description)
  const { icon } = description
  if (typeof icon !== 'object') throw new Error('There is one icon for both.')
  expect(icon.light).not.toBe(icon.dark)
})

const ada = { firstName: 'Ada', email: 'ada@acme.example', mobile: '+12025550123', phone: '+12025550199' }

test('a channel’s fields are sent, those of another channel are not, and the item’s own values stay', async () => {
  const hub = await fakeHub()
  const parameters = {
    channel: 'sms',
    subject: 'for e-mail',
    text: 'Hello [[firstName]]',
    options: { html: 'for e-mail', template: 'for WhatsApp' },
  }
  await execute({ node: 'SendMessage', items: [ada], parameters, hub: hub.address })
  expect(hub.asked[0]?.body).toEqual({
    items: [ada],
    options: { channel: 'sms', text: 'Hello [[firstName]]', providers: [] },
  })
})

test.each([
  ['text', { text: '=Hello {{firstName|there}},' }, '[[firstName|there]]'],
  ['subject', { subject: '=For {{ firstName }}' }, '[[firstName]]'],
  ['html', { options: { html: '=<p>{{ company.name | you }}</p>' } }, '[[company.name| you]]'],
])(
  'a placeholder of old in %s, of which n8n has made an expression, is refused before anything is sent, with ' +
    'what to write',
  async (_field, parameters, right) => {
    const hub = await fakeHub()
    const { error } = await execute({
      node: 'SendMessage',
      items: [ada],
      parameters: { channel: 'email', ...parameters },
      hub: hub.address,
    })
    expect(error?.message).toMatch(/^n8n reads \{\{.*\}\} in the field ".*" as an expression of its own/)
    expect(error?.description).toContain(right)
    expect(hub.asked).toEqual([])
  },
)

test('a real expression, and square brackets beside it, are sent as they are', async () => {
  const hub = await fakeHub()
  const parameters = {
    channel: 'sms',
    text: '=Hello [[firstName|there]] of {{ $json.email.split("@")[1] }}{{ false || "" }}',
  }
  await execute({ node: 'SendMessage', items: [ada], parameters, hub: hub.address })
  expect(hub.asked[0]?.body?.options.text).toBe('Hello [[firstName|there]] of acme.example')
})

test('what a template’s values and places are is told line by line, with their commas', async () => {
  const hub = await fakeHub()
  const options = { template: 'first_contact', templateValues: '[[firstName|there]], hello\nTuesday' }
  await execute({ node: 'SendMessage', items: [ada], parameters: { channel: 'whatsapp', options }, hub: hub.address })
  await execute({
    node: 'FindLeads',
    items: [{}],
    parameters: { titles: 'CEO, CTO', locations: 'Portland, Oregon\nCanada' },
    hub: hub.address,
  })
  expect(hub.asked[0]?.body?.options).toEqual({
    channel: 'whatsapp',
    providers: [],
    template: 'first_contact',
    templateValues: ['[[firstName|there]], hello', 'Tuesday'],
  })
  expect(hub.asked[1]?.body?.options).toMatchObject({
    kind: 'people',
    titles: ['CEO', 'CTO'],
    locations: ['Portland, Oregon', 'Canada'],
  })
})

test.each([
  ['people', 'website'],
  ['companies', 'industries'],
])('to find %s, a person fills in %s', async (kind, field) => {
  const hub = await fakeHub()
  await execute({
    node: 'FindLeads',
    items: [{}],
    parameters: { kind, website: 'acme.example', industries: 'software' },
    hub: hub.address,
  })
  const { items = [], options = {} } = hub.asked[0]?.body ?? {}
  expect(['website', 'industries'].filter((name) => name in options || name in (items[0] ?? {}))).toEqual([field])
})

test('a scoring rule is sent with numbers as numbers and truth as truth, and without its empty cells', async () => {
  const hub = await fakeHub()
  const row = [
    { field: 'company.employees', is: 'greater', value: '50', points: 10 },
    { field: 'emailChecks.isFree', is: 'equal', value: 'false', points: 5 },
    { field: 'postcode', is: 'contains', value: '01', points: 5 },
    { field: 'phone', is: 'known', value: '', points: 5 },
  ]
  await execute({ node: 'ScoreLead', items: [lead], parameters: { rules: { row } }, hub: hub.address })
  expect(hub.asked[0]?.body?.options.rules).toEqual([
    { field: 'company.employees', is: 'greater', value: 50, points: 10 },
    { field: 'emailChecks.isFree', is: 'equal', value: false, points: 5 },
    { field: 'postcode', is: 'contains', value: '01', points: 5 },
    { field: 'phone', is: 'known', points: 5 },
  ])
})

test('CRM fields of one’s own and added options are sent', async () => {
  const hub = await fakeHub()
  const fields = { row: [{ from: 'score', to: 'hub_score' }] }
  await execute({
    node: 'SyncCrm',
    items: [lead],
    parameters: { crm: 'pipedrive', fields, dryRun: true },
    hub: hub.address,
  })
  await execute({
    node: 'VerifyEmail',
    items: [lead],
    parameters: { options: { maxAgeDays: 0, maxPrice: 0.02 } },
    hub: hub.address,
  })
  expect(hub.asked.map(({ body }) => body?.options)).toEqual([
    { crm: 'pipedrive', object: 'contact', fields: [{ from: 'score', to: 'hub_score' }], dryRun: true },
    { depth: 'full', providers: [], maxAgeDays: 0, maxPrice: 0.02 },
  ])
})

test('providers can be named by an expression, comma-separated', async () => {
  const hub = await fakeHub()
  await execute({
    node: 'VerifyEmail',
    items: [{ ...lead, ask: 'hunter, zerobounce' }],
    parameters: { providers: '={{ $json.ask }}' },
    hub: hub.address,
  })
  expect(hub.asked[0]?.body?.options.providers).toEqual(['hunter', 'zerobounce'])
})

test(
  'what an item happens to have under a block’s name, but of another type, is not taken for it ' + 'and not lost',
  async () => {
    const hub = await fakeHub({ result: () => ({ outputs: [{ outcome: 'created' }] }) })
    const webhook = { searchFor: { page: '2' }, leadId: 17, body: { email: 'anna@acme.example' } }
    const { items } = await execute({
      node: 'LeadStore',
      items: [webhook],
      parameters: { email: '={{ $json.body.email }}' },
      hub: hub.address,
    })
    expect(hub.asked[0]?.body?.items).toEqual([{ body: webhook.body, email: 'anna@acme.example' }])
    expect(items[0]?.json).toEqual({ ...webhook, outcome: 'created' })
  },
)

test('an empty field is not sent at all', async () => {
  const hub = await fakeHub({ result: () => ({ status: 'skipped', reason: 'There is no address' }) })
  const { items } = await execute({
    node: 'VerifyEmail',
    items: [{ email: null }, { email: '' }, {}],
    hub: hub.address,
  })
  expect(hub.asked[0]?.body?.items).toEqual([{}, {}, {}])
  expect(items.map(({ json }) => json.reason)).toEqual(Array(3).fill('There is no address'))
})

test('"Simplify" leaves what tells most, and what the item brought', async () => {
  const stored = {
    id: 'l1',
    fullName: 'Anna',
    email: 'anna@acme.example',
    department: 'Sales',
    company: { name: 'Acme', founded: 1999 },
  }
  const hub = await fakeHub({ result: () => ({ outputs: [{ outcome: 'found', lead: stored }] }) })
  const { items } = await execute({
    node: 'LeadStore',
    items: [lead],
    parameters: { options: { simplify: true } },
    hub: hub.address,
  })
  expect(items[0]?.json).toEqual({
    ...lead,
    outcome: 'found',
    lead: { id: 'l1', fullName: 'Anna', email: 'anna@acme.example', company: { name: 'Acme' } },
  })
})

test('the services’ own answers come along when asked for', async () => {
  const hub = await fakeHub({ result: () => ({ outputs: [{ verdict: 'risky' }], raw: { score: 0.4 } }) })
  const { items } = await execute({
    node: 'VerifyEmail',
    items: [lead],
    parameters: { options: { raw: true } },
    hub: hub.address,
  })
  expect(items[0]?.json).toEqual({ ...lead, verdict: 'risky', raw: { score: 0.4 } })
})

test('the list of providers shows the connected ones first and marks the others', async () => {
  const connectors = [
    { id: 'hunter', name: 'Hunter', connected: false },
    { id: 'zerobounce', name: 'ZeroBounce', connected: true },
    { id: 'abstract', name: 'Abstract', connected: false },
  ]
  const hub = await fakeHub({ connectors })
  const node = builtNode('VerifyEmail')
  const context = {
    getNode: () => ({ name: 'Verify Email' }),
    getCredentials: async () => ({ baseUrl: hub.address }),
    helpers: { httpRequestWithAuthentication: ask },
  }
  const options = await node.methods?.loadOptions?.verifyEmail?.call(context as unknown as ILoadOptionsFunctions)
  expect(hub.asked[0]?.url).toBe('/v1/connectors?capability=verifyEmail')
  expect(options?.map(({ name }) => name)).toEqual(['ZeroBounce', 'Abstract (Not Connected)', 'Hunter (Not Connected)'])
})

test.each(nodes)('%s can load every list that its form shows', (name) => {
  const { description, methods } = builtNode(name)
  expect(description.properties.flatMap(listsOf)).toEqual(Object.keys(methods?.loadOptions ?? {}))
})

const listsOf = ({ typeOptions }: INodeProperties) =>
  typeOptions?.loadOptionsMethod ? [typeOptions.loadOptionsMethod] : []

/** n8n's request helper, as far as the node uses it. */
const ask = async (_credential: string, { url, qs }: { url: string; qs: Record<string, string> }) => {
  const answer = await fetch(`${url}?${new URLSearchParams(qs).toString()}`, {
    headers: { authorization: 'Bearer ainow_test_key' },
  })
  return { statusCode: answer.status, body: await answer.json() }
}
