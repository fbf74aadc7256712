import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { saysTheSame } from '../../hub-server/src/blocks/sync-crm/same.ts'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import type { Result } from '../../hub-server/src/contracts/result.ts'
import { startHub, type Hub } from './hub-process.ts'

interface Crm {
  readonly outcome: string
  readonly id?: string
  readonly written: readonly string[]
  readonly notWritten: readonly { readonly field: string; readonly reason: string }[]
}
type SyncResult = Result<{ readonly crm: Crm }>
interface Request {
  readonly method: string
  readonly path: string
  readonly body: unknown
}
interface StoredRecord {
  readonly id: string
  readonly fields: Readonly<Record<string, unknown>>
}

const connectorsDir = fileURLToPath(new URL('../../hub-server/connectors', import.meta.url))
const cases = process.env.CASES_DIR ?? fileURLToPath(new URL('../../../shared/cases', import.meta.url))
const h7 = `${cases}/h7-crm-says-written.json`

/** What each vendor's record calls what we write; none: it has no place for it. */
const vendors: Readonly<
  Record<
    string,
    {
      readonly contact: string
      readonly company?: string
      readonly title?: string
      readonly phone: string
      readonly writes: RegExp
    }
  >
> = {
  hubspot: { contact: 'contact', title: 'jobtitle', phone: 'phone', writes: /batch\/(create|update|upsert)$/ },
  salesforce: { contact: 'Contact', company: 'Account', title: 'Title', phone: 'Phone', writes: /composite\/sobjects/ },
  pipedrive: {
    contact: 'person',
    company: 'organization',
    phone: 'phones',
    writes: /(persons|organizations)(\/\d+)?$/,
  },
  apollo: { contact: 'contact', title: 'title', phone: 'direct_phone', writes: /contacts(\/\d+)?$/ },
}

let hub: Hub
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ connectorsDir })
  hub = await startHub({ env: { SANDBOX_URL: sandbox.url } })
})
afterAll(async () => {
  await hub.stop()
  await sandbox.stop()
})
beforeEach(() => control('reset'))

const control = async (path: string, body: unknown = {}): Promise<void> => {
  const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}
const read = async <Value>(path: string): Promise<Value> =>
  (await (await fetch(`${sandbox.url}/_sandbox/${path}`)).json()) as Value
const recordsOf = async (crm: string, object: string): Promise<readonly StoredRecord[]> =>
  (await read<{ records: StoredRecord[] }>(`records/${crm}?object=${object}`)).records
/** What was written at a vendor since the sandbox was reset, the oldest first. */
const writesAt = async (crm: string): Promise<readonly Request[]> => {
  const { requests } = await read<{ requests: Request[] }>(`requests?connector=${crm}&limit=500`)
  return requests.filter(({ method, path }) => method !== 'GET' && vendors[crm]?.writes.test(path))
}

const sync = async (items: readonly object[], options: object): Promise<readonly SyncResult[]> => {
  const { status, body } = await hub.call<BlockAnswer<{ crm: Crm }>>('POST', '/v1/blocks/sync-crm', {
    key: hub.keys.test,
    body: { items, options },
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.results
}
const crmOf = (result: SyncResult | undefined): Crm => result?.outputs[0]?.crm ?? expect.fail(JSON.stringify(result))
const one = async (item: object, options: object): Promise<Crm> => crmOf((await sync([item], options))[0])
const namesOf = ({ notWritten }: Crm): string[] => notWritten.map(({ field }) => field)

/** A record's e-mail address, as the vendor holds it. */
const addressIn = (crm: string, email: string): object => {
  if (crm === 'pipedrive') return { emails: [{ value: email, primary: true, label: 'work' }] }
  return crm === 'salesforce' ? { Email: email } : { email }
}

let people = 0
/** Somebody whom no other test knows. */
const somebody = (more: object = {}) => {
  const n = ++people
  return {
    email: `kim${n}@sync${n}.example`,
    firstName: 'Kim',
    lastName: `Case ${n}`,
    title: 'Buyer',
    phone: '+493012345678',
    ...more,
  }
}

describe.each(Object.keys(vendors))('Sync CRM with %s', (crm) => {
  const { contact = '', title, company, phone = '' } = vendors[crm] ?? {}

  test.skipIf(!existsSync(h7))(
    'case h7: what is told as written stands in the record, and what has not changed does not go out again',
    async () => {
      const { items } = JSON.parse(readFileSync(h7, 'utf8')) as { items: [Record<string, unknown>] }
      const [item] = items
      const told = await one(item, { crm })
      expect(told.outcome).toBe('created')
      const [record] = await recordsOf(crm, contact)
      const held = JSON.stringify([
        record?.fields,
        company ? (await recordsOf(crm, company)).map(({ fields }) => fields) : [],
      ])
      const values: Record<string, unknown> = { ...item, company: 'Muster AG' }
      for (const field of told.written) expect(held, field).toContain(String(values[field]))
      const sent = [...told.written, ...namesOf(told)].sort()
      expect(sent).toEqual([
        'city',
        'company',
        'country',
        'email',
        'firstName',
        'lastName',
        'linkedin',
        'phone',
        'title',
      ])
      for (const { reason } of told.notWritten) expect(reason).toMatch(/\.$/)
      expect(told.written).toContain('company')
      if (title) expect(told.written).toContain('title')
      else expect(namesOf(told)).toContain('title')

      const before = (await writesAt(crm)).length
      const again = await one({ ...item, phone: '+493055555555' }, { crm })
      expect(again).toMatchObject({ outcome: 'updated', id: told.id, written: ['phone'] })
      expect(namesOf(again)).toEqual(namesOf(told))
      const writes = (await writesAt(crm)).slice(before)
      expect(writes).toHaveLength(1)
      expect(JSON.stringify(writes[0]?.body)).toContain('+493055555555')
      expect(JSON.stringify(writes[0]?.body)).not.toMatch(/Dora|Maar|Buyer|Muster|Berlin/)
      expect(JSON.stringify((await recordsOf(crm, contact))[0]?.fields[phone])).toContain('+493055555555')
      expect(await one({ ...item, phone: '+493055555555' }, { crm })).toMatchObject({
        outcome: 'unchanged',
        written: [],
      })
      expect(await writesAt(crm)).toHaveLength(before + 1)
    },
  )

  test('never takes back what a salesperson changed in the CRM', async () => {
    const item = somebody({ company: { name: 'Kept Ltd', domain: 'kept.example' } })
    await one(item, { crm })
    const [record] = await recordsOf(crm, contact)
    const edited = title ? { [title]: 'Chief Buyer' } : { name: 'Kim of Pipedrive' }
    await control(`edit?connector=${crm}&object=${contact}&id=${record?.id}`, edited)
    expect(await one({ ...item, phone: '+493099999999' }, { crm })).toMatchObject({
      outcome: 'updated',
      written: ['phone'],
    })
    const [after] = await recordsOf(crm, contact)
    expect(after?.fields).toMatchObject(edited)
  })

  test(
    'brings one that is there already to what differs, and says the same in a dry run, which ' + 'writes nothing',
    async () => {
      const item = somebody()
      await one(item, { crm })
      // Somebody whom this hub does not know, with the same address: the sandbox's record stays, the hub's link does
      // not.
      const other = { ...somebody(), email: item.email.replace('kim', 'tim') }
      const [record] = await recordsOf(crm, contact)
      await control(`edit?connector=${crm}&object=${contact}&id=${record?.id}`, addressIn(crm, other.email))
      const before = (await writesAt(crm)).length
      const foretold = await one({ ...other, lastName: 'Other' }, { crm, dryRun: true })
      expect(foretold.outcome).toBe('would_update')
      expect(await writesAt(crm)).toHaveLength(before)
      const done = await one({ ...other, lastName: 'Other' }, { crm })
      expect(done).toMatchObject({
        outcome: 'updated',
        written: foretold.written,
        notWritten: foretold.notWritten,
        id: foretold.id,
      })
      expect(done.written).not.toContain('phone')
      expect(await recordsOf(crm, contact)).toHaveLength(1)
      expect(await one(somebody(), { crm, dryRun: true })).toMatchObject({ outcome: 'would_create' })
      expect(await recordsOf(crm, contact)).toHaveLength(1)
    },
  )

  test('says that a record was deleted, and makes it anew', async () => {
    const item = somebody()
    const { id } = await one(item, { crm })
    const [record] = await recordsOf(crm, contact)
    await control(`drop?connector=${crm}&object=${contact}&id=${record?.id}`)
    const [result] = await sync([{ ...item, phone: '+493077777777' }], { crm })
    expect(result?.reason).toMatch(/was deleted in/)
    const told = crmOf(result)
    expect(told.outcome).toBe('created')
    expect(told.id).not.toBe(id)
    expect(told.written).toEqual(expect.arrayContaining(['email', 'phone', 'lastName']))
    expect(await one({ ...item, phone: '+493077777777' }, { crm })).toMatchObject({ outcome: 'unchanged', id: told.id })
  })

  test('makes one record of one who stands in the list several times, though the search lags', async () => {
    await control(`lag?connector=${crm}`, { ms: 3_600_000 })
    const item = somebody({ company: { name: 'Lag Ltd', domain: 'lag.example' } })
    const twin = somebody({ company: { name: 'Lag Ltd', domain: 'www.lag.example' } })
    const results = await sync(
      [item, { ...item, email: item.email.toUpperCase() }, { ...item, phone: '+493044444444' }, twin],
      { crm },
    )
    expect(results.map((result) => crmOf(result).outcome)).toEqual(['created', 'unchanged', 'updated', 'created'])
    expect(await one({ ...item, phone: '+493033333333' }, { crm })).toMatchObject({
      outcome: 'updated',
      written: ['phone'],
    })
    expect(await recordsOf(crm, contact)).toHaveLength(2)
    if (company) expect(await recordsOf(crm, company)).toHaveLength(1)
  })

  test('makes one record in runs at once, though the search lags', async () => {
    await control(`lag?connector=${crm}`, { ms: 3_600_000 })
    const item = somebody({ company: { name: 'Race Ltd', domain: 'race.example' } })
    const runs = await Promise.all([1, 2, 3, 4, 5].map((n) => one({ ...item, title: `Buyer ${n}` }, { crm })))
    expect(runs.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
    expect(await recordsOf(crm, contact)).toHaveLength(1)
    if (company) expect(await recordsOf(crm, company)).toHaveLength(1)
  })

  test('says why nobody was written where the address is none', async () => {
    const [result] = await sync([{ ...somebody(), email: 'n/a' }], { crm })
    expect(result).toMatchObject({ status: 'skipped', reason: expect.stringContaining('n/a') as string })
    expect(await recordsOf(crm, contact)).toEqual([])
  })
})

describe('Sync CRM', () => {
  test.each([
    ['hubspot', 'batch/create', 'company', 'company'],
    ['pipedrive', '/organizations', 'company', 'organization'],
    ['pipedrive', '/persons', 'contact', 'person'],
    ['hubspot', 'batch/create', 'contact', 'contact'],
    ['apollo', '/bulk_create', 'company', 'company'],
  ])('makes nothing twice at %s when the answer of %s is lost (%s)', async (crm, path, object, kind) => {
    await control(`lose?connector=${crm}&path=${path}`, { answers: 1 })
    const item = somebody({ company: { name: `Lost ${crm}`, domain: `lost-${crm}-${object}.example` } })
    const [result] = await sync([item], { crm, object })
    expect(result?.status, JSON.stringify(result)).toBe('done')
    expect(await recordsOf(crm, kind)).toHaveLength(1)
  })

  test(
    'writes several values in the form that the vendor has for them, and says which are none of ' + 'the options',
    async () => {
      const topics = {
        crm: 'hubspot',
        fields: [
          { from: 'topics', to: 'lead_topics' },
          { from: 'score', to: 'lead_score' },
          { from: 'size', to: 'nonsense' },
        ],
      }
      const item = somebody({ topics: ['Security', 'pricing'], score: '51-200', size: 3 })
      const told = await one(item, topics)
      expect(told.written).toContain('lead_topics')
      expect(namesOf(told).sort()).toEqual(['lead_score', 'nonsense'])
      expect((await recordsOf('hubspot', 'contact'))[0]?.fields.lead_topics).toBe('security;pricing')
      expect(await one({ ...item, topics: ['pricing', 'security'] }, topics)).toMatchObject({ outcome: 'unchanged' })

      const source = '89abcdef0123456789abcdef0123456789abcdef'
      const deal = { crm: 'pipedrive', fields: [{ from: 'source', to: source }] }
      expect((await one(somebody({ source: 'outbound' }), deal)).written).toContain(source)
      expect((await recordsOf('pipedrive', 'person'))[0]?.fields.custom_fields).toMatchObject({ [source]: 2 })
      expect((await one(somebody({ source: 'television' }), deal)).notWritten).toContainEqual({
        field: source,
        reason: expect.stringContaining('no option “television”') as string,
      })
    },
  )

  test('tells a range where the CRM takes a number, and an industry that it does not know', async () => {
    const company = { name: 'Range Ltd', domain: 'range.example', employees: '51-200', industry: 'Basket weaving' }
    const told = await one({ company }, { crm: 'hubspot', object: 'company' })
    expect(namesOf(told).sort()).toEqual(['employees', 'industry'])
    expect(told.written.toSorted()).toEqual(['domain', 'name'])
    expect(await one({ company }, { crm: 'hubspot', object: 'company' })).toMatchObject({ outcome: 'unchanged' })
    expect(
      await one(
        { company: { ...company, employees: 120, industry: 'Computer Software' } },
        { crm: 'hubspot', object: 'company' },
      ),
    ).toMatchObject({ outcome: 'updated', notWritten: [] })
    const [record] = await recordsOf('hubspot', 'company')
    expect(saysTheSame('employees', record?.fields.numberofemployees, 120)).toBe(true)
    expect(record?.fields.industry).toBe('COMPUTER_SOFTWARE')
  })
})
