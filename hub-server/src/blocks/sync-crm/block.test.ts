import { Value } from 'typebox/value'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Capability } from '../../capabilities/capability.ts'
import type { Link } from '../../contracts/facts.ts'
import type { Result } from '../../contracts/result.ts'
import type { Asked, BlockContext, ProviderFacts } from '../block.ts'
import { isRecord } from '../fields.ts'
import { contextWith, plainProvider } from '../testing/context.ts'
import { block } from './block.ts'
import { contract } from './contract.ts'

type Options = Parameters<typeof block.run>[1]
type Values = Record<string, unknown>

interface Input {
  readonly object: string
  readonly key: string
  readonly id?: string
  readonly fields?: Values
  readonly custom?: Values
  readonly companyId?: string
  readonly absent?: boolean
}

/** A CRM in memory that takes some fields only; its search finds nothing where it lags. */
const createCrm = () => {
  const records = new Map<string, { object: string; key: string; values: Values }>()
  const calls: { capability: string; inputs: readonly Input[] }[] = []
  let next = 0
  const crm = {
    records,
    calls,
    /** Fields that it has no place for. */
    lacks: [] as string[],
    /** Fields that it takes and forgets. */
    ignores: [] as string[],
    lags: false,
    refuses: (_input: Input): boolean => false,
    writes: (): readonly Input[] =>
      calls.filter(({ capability }) => capability === 'upsertRecords').flatMap(({ inputs }) => inputs),
    add: (object: string, key: string, values: Values): string => {
      const id = `r${++next}`
      records.set(id, { object, key, values: { ...values } })
      return id
    },
  }
  const find = ({ object, key, id }: Input): string | undefined => {
    if (id !== undefined) return records.has(id) ? id : undefined
    if (crm.lags) return undefined
    return [...records].find(([, one]) => one.object === object && one.key === key)?.[0]
  }
  const done = (output?: object): Asked<object> => ({ status: 'done', outputs: output ? [output] : [], at: new Date() })
  const failed = (kind: 'not_found' | 'invalid_input'): Asked<object> => ({
    status: 'failed',
    outputs: [],
    at: new Date(),
    error: { kind, message: `It is ${kind}.`, advice: 'Look.' },
  })
  const read = (input: Input): Asked<object> => {
    const id = find(input)
    const { companyId, ...fields } = records.get(id ?? '')?.values ?? {}
    return id === undefined ? done() : done({ id, fields, ...(companyId !== undefined && { companyId }) })
  }
  const write = (input: Input): Asked<object> => {
    if (crm.refuses(input)) return failed('invalid_input')
    const known = input.absent ? undefined : find(input)
    if (input.id !== undefined && known === undefined) return failed('not_found')
    const taken = Object.fromEntries(
      Object.entries({ ...input.fields, ...input.custom }).filter(([name]) => !crm.ignores.includes(name)),
    )
    const id = known ?? crm.add(input.object, input.key, {})
    const record = records.get(id)
    Object.assign(record?.values ?? {}, taken, input.companyId !== undefined && { companyId: input.companyId })
    return done({
      id,
      outcome: known === undefined ? 'created' : 'updated',
      record: { fields: { ...record?.values }, whole: true },
    })
  }
  const answer = (capability: Capability, inputs: readonly Input[]): Asked<object>[] => {
    calls.push({ capability: capability.name, inputs })
    return inputs.map(capability.name === 'upsertRecords' ? write : read)
  }
  return { ...crm, crm, answer }
}

let made: ReturnType<typeof createCrm>
let links: Link[]
let facts: ProviderFacts
beforeEach(() => {
  made = createCrm()
  links = []
  facts = plainProvider('acme-crm')
})

const contextOf = (): BlockContext => {
  const leads: Partial<BlockContext['leads']> = {
    // Who is known by the address, in any case, is one person; so is an alias of theirs.
    upsertAll: async (items) =>
      items.map(({ email, person }) => ({ id: `lead ${String(person ?? email)}`, outcome: 'unchanged' as const })),
    companies: async (domains) => new Map(domains.map((domain) => [domain, `company ${domain}`])),
    find: async () => null,
    linksOf: async (subjects, _connection, object) =>
      new Map(
        links
          .filter((link) => link.object === object && subjects.includes(link.subject))
          .map((link) => [link.subject, link]),
      ),
    saveLinks: async (some) => {
      for (const link of some)
        links = [
          ...links.filter(({ object, record }) => object !== link.object || record !== link.record),
          { ...link, at: '2026-11-21T10:00:00Z' },
        ]
    },
    dropLinks: async (_connection, object, records) => {
      links = links.filter((link) => link.object !== object || !records.includes(link.record))
    },
  }
  return contextWith({
    providers: async () => [facts],
    // The fake gives what the capabilities' schemas say.
    ask: (async (capability: Capability, inputs: readonly Input[]) =>
      made.answer(capability, inputs)) as unknown as BlockContext['ask'],
    notWritten: async (_provider, records) =>
      records.map(({ fields }) =>
        Object.keys(fields).flatMap((field) =>
          made.crm.lacks.includes(field) ? [{ field, reason: 'Acme CRM has no field for this.' }] : [],
        ),
      ),
    locked: (_connector, entries, work) => work(entries),
    leads: leads as BlockContext['leads'],
  })
}

const sync = async (items: readonly object[], options: Partial<Options> = {}): Promise<Result[]> => {
  const filled = Value.Default(contract.options, { crm: 'acme-crm', ...options }) as Options
  const results = await block.run(
    items.map((value, index) => ({ index, value: { ...value } })),
    filled,
    contextOf(),
  )
  return results.toSorted((one, other) => one.item - other.item)
}
const crmOf = (result: Result | undefined): unknown => (isRecord(result?.outputs[0]) ? result.outputs[0].crm : result)

const anna = { email: 'anna@acme.example', firstName: 'Anna', title: 'Buyer', phone: '+493012345678' }
const linked = (base: Values = { ...anna }): string => {
  const id = made.crm.add('contact', anna.email, base)
  links = [
    { subject: `lead ${anna.email}`, connection: 'c', object: 'contact', record: id, base, at: '2026-11-20T10:00:00Z' },
  ]
  return id
}

describe('Sync CRM', () => {
  it('leaves alone what has not changed, in whatever form it comes, without asking the CRM', async () => {
    const id = linked()
    const [same, otherForm] = await sync([anna, { ...anna, email: 'ANNA@acme.example', phone: '0049 30 1234 5678' }])
    expect(crmOf(same)).toEqual({ provider: 'acme-crm', outcome: 'unchanged', id, written: [], notWritten: [] })
    expect(crmOf(otherForm)).toMatchObject({ outcome: 'unchanged', id })
    expect(made.calls).toEqual([])
  })

  it('sends the one field that changed, by the record’s id, and keeps what a salesperson changed', async () => {
    const id = linked()
    Object.assign(made.records.get(id)?.values ?? {}, { title: 'Head of Buying' })
    const [result] = await sync([{ ...anna, phone: '+493099999999' }])
    expect(made.writes()).toEqual([{ object: 'contact', key: anna.email, id, fields: { phone: '+493099999999' } }])
    expect(crmOf(result)).toMatchObject({ outcome: 'updated', id, written: ['phone'] })
    expect(made.records.get(id)?.values).toMatchObject({ title: 'Head of Buying', phone: '+493099999999' })
    expect(links).toMatchObject([{ record: id, base: { ...anna, phone: '+493099999999' } }])
    expect(crmOf((await sync([{ ...anna, phone: '+493099999999' }]))[0])).toMatchObject({ outcome: 'unchanged' })
  })

  it('sends along what the CRM keeps as one with what changed', async () => {
    facts = { ...facts, whole: [['firstName', 'lastName']] }
    linked({ ...anna, lastName: 'Berg' })
    const [result] = await sync([{ ...anna, lastName: 'Lee' }])
    expect(made.writes()).toMatchObject([{ fields: { firstName: 'Anna', lastName: 'Lee' } }])
    expect(crmOf(result)).toMatchObject({ written: ['lastName'] })
  })

  it('brings one that is there, but not linked, to what differs, and creates one that is not', async () => {
    const id = made.crm.add('contact', anna.email, { ...anna, title: 'CEO' })
    const bo = { email: 'bo@acme.example', firstName: 'Bo' }
    const results = await sync([anna, bo])
    expect(made.writes()).toEqual([
      { object: 'contact', key: anna.email, id, fields: { title: 'Buyer' } },
      { object: 'contact', key: bo.email, fields: bo, absent: true },
    ])
    expect(results.map(crmOf)).toMatchObject([
      { outcome: 'updated', written: ['title'] },
      { outcome: 'created', written: ['email', 'firstName'] },
    ])
  })

  it('tells which fields the CRM does not take, and does not keep them as agreed', async () => {
    made.crm.lacks = ['title']
    made.crm.ignores = ['phone']
    const [result] = await sync([anna])
    expect(crmOf(result)).toMatchObject({
      outcome: 'created',
      written: ['email', 'firstName'],
      notWritten: [
        { field: 'title', reason: 'Acme CRM has no field for this.' },
        { field: 'phone', reason: 'acme-crm did not take it.' },
      ],
    })
    expect(links[0]?.base).toEqual({ email: anna.email, firstName: 'Anna' })
    // The account gets the fields: now they go.
    made.crm.lacks = []
    made.crm.ignores = []
    expect(crmOf((await sync([anna]))[0])).toMatchObject({
      outcome: 'updated',
      written: ['title', 'phone'],
      notWritten: [],
    })
  })

  it('says that a record was deleted, and creates it anew with all its fields', async () => {
    const id = linked()
    made.records.delete(id)
    const [result] = await sync([{ ...anna, phone: '+493099999999' }])
    expect(result?.reason).toBe(`Its record ${id} was deleted in acme-crm.`)
    expect(crmOf(result)).toMatchObject({ outcome: 'created', written: ['email', 'firstName', 'title', 'phone'] })
    expect(links.map(({ record }) => record)).toEqual(['r2'])
  })

  it(
    'makes one record of one who stands in the list several times, by address or as the same lead, though the ' +
      'search finds none',
    async () => {
      made.crm.lags = true
      const results = await sync([
        anna,
        { ...anna, email: 'Anna@ACME.example', title: 'CEO' },
        { ...anna, email: 'anna@old.example', person: anna.email },
      ])
      expect(results.map(crmOf)).toMatchObject([
        { outcome: 'created', id: 'r1' },
        { outcome: 'updated', id: 'r1', written: ['title'] },
        { outcome: 'updated', id: 'r1' },
      ])
      expect([...made.records.keys()]).toEqual(['r1'])
    },
  )

  it('tells of an item that the CRM refused, and keeps nothing of it as agreed', async () => {
    made.crm.refuses = ({ key }) => key.startsWith('bad')
    const results = await sync([{ ...anna, email: 'bad@acme.example' }, anna])
    expect(results).toMatchObject([
      { item: 0, status: 'failed', outputs: [], error: { kind: 'invalid_input' } },
      { item: 1, status: 'done' },
    ])
    expect(links.map(({ subject }) => subject)).toEqual([`lead ${anna.email}`])
  })

  it('says in a dry run what it would do, by reading only', async () => {
    const id = made.crm.add('contact', anna.email, { ...anna, title: 'CEO' })
    const items = [anna, { email: 'bo@acme.example', firstName: 'Bo' }, { email: 'bo@acme.example', firstName: 'Bo' }]
    const foretold = (await sync(items, { dryRun: true })).map(crmOf)
    expect(foretold).toMatchObject([
      { outcome: 'would_update', id, written: ['title'] },
      { outcome: 'would_create', written: ['email', 'firstName'] },
      { outcome: 'unchanged' },
    ])
    expect(made.writes()).toEqual([])
    expect(links).toEqual([])
    const done = (await sync(items)).map(crmOf)
    const written = (one: unknown): unknown => (isRecord(one) ? one.written : undefined)
    expect(done.map(written)).toEqual(foretold.map(written))
  })

  it(
    'ties contacts to their company’s record where it is one of its own: each company once, and only when ' +
      'it changes',
    async () => {
      facts = { ...facts, companyIsRecord: true }
      const company = { name: 'Acme', domain: 'acme.example' }
      const results = await sync([
        { ...anna, company },
        { email: 'bo@acme.example', company },
        { email: 'cy@acme.example', company: 'Nameless Ltd' },
      ])
      const companies = [...made.records].filter(([, { object }]) => object === 'company')
      expect(companies).toMatchObject([
        [expect.any(String) as string, { key: 'acme.example', values: { name: 'Acme', domain: 'acme.example' } }],
      ])
      const companyId = companies[0]?.[0]
      expect(
        [...made.records.values()].filter(({ object }) => object === 'contact').map(({ values }) => values.companyId),
      ).toEqual([companyId, companyId, undefined])
      expect(results.map(crmOf)).toMatchObject([
        { written: ['email', 'firstName', 'title', 'phone', 'company'] },
        { written: ['email', 'company'] },
        { notWritten: [{ field: 'company' }] },
      ])
      const before = made.calls.length
      expect(crmOf((await sync([{ ...anna, company }]))[0])).toMatchObject({ outcome: 'unchanged' })
      expect(made.calls).toHaveLength(before)
    },
  )

  it('passes by who cannot be found by an address', async () => {
    const results = await sync([{ firstName: 'Anna' }, { email: 'n/a' }])
    expect(results).toMatchObject([
      { status: 'skipped', reason: expect.stringContaining('no e-mail') as string },
      { status: 'skipped', reason: expect.stringContaining('n/a') as string },
    ])
    expect(made.calls).toEqual([])
  })
})
