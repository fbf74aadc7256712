import { describe, expect, it } from 'vitest'
import { Value } from 'typebox/value'
import type { ErrorValue } from '../../contracts/errors.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Asked, BlockContext } from '../block.ts'
import { contextWith, plainProvider } from '../testing/context.ts'
import { block } from './block.ts'
import type { Options } from './steps.ts'

type Fields = Record<string, unknown>
/** What a service says to a question: fields, nothing, or an error. */
type Says = (input: Fields) => Fields | ErrorValue | undefined

const at = new Date('2026-11-20T10:00:00Z')
const error = (kind: ErrorValue['kind'], pauses = false): ErrorValue => ({
  kind,
  message: `It is ${kind}.`,
  advice: 'Wait.',
  ...(pauses && { pauses }),
})
const isError = (said: Fields | ErrorValue | undefined): said is ErrorValue => said !== undefined && 'advice' in said

/** A world of services: capability → provider → what it says. */
const world = (services: Record<string, Record<string, Says>>, parts: Partial<BlockContext> = {}) => {
  const asked: { capability: string; provider: string; inputs: readonly unknown[] }[] = []
  const context = contextWith({
    ...parts,
    providers: async ({ name }) => {
      const known = Object.keys(services[name] ?? {})
      if (known.length === 0)
        throw new HubError('not_connected', `Nobody is connected for ${name}.`, { advice: 'Connect one.' })
      return known.map((id) => plainProvider(id))
    },
    ask: async <Output>(
      { name }: { name: string },
      inputs: readonly Fields[],
      options: { providers?: readonly string[] } = {},
    ) => {
      const [provider = ''] = options.providers ?? []
      asked.push({ capability: name, provider, inputs })
      return inputs.map((input): Asked<Output> => {
        const said = services[name]?.[provider]?.(input)
        if (isError(said)) return { status: 'failed', outputs: [], error: said, provider, at }
        return {
          status: 'done',
          outputs: said ? [said as Output] : [],
          provider,
          at,
          price: 4900,
          ledger: `${provider}-1`,
        }
      })
    },
  })
  return { context, asked }
}

const enrich = async (
  lead: Fields,
  services: Parameters<typeof world>[0],
  options: Partial<Options> = {},
  parts: Partial<BlockContext> = {},
) => {
  const { context, asked } = world(services, parts)
  const complete = Value.Default(block.contract.options, { ...options }) as Options
  const [result] = await block.run([{ index: 0, value: lead }], complete, context)
  if (!result) throw new Error('There is no result.')
  return { ...result, output: result.outputs[0] as Fields | undefined, asked }
}

const anna = {
  title: 'CEO',
  linkedin: 'https://linkedin.com/in/anna',
  company: { name: 'Acme', domain: 'acme.example', industry: 'Toys', employees: 7 },
}

describe('Enrich Lead', () => {
  it('asks for the e-mail too unless told otherwise, and takes it with its verdict', async () => {
    const { output, asked } = await enrich(
      { fullName: 'Anna Berg', website: 'acme.example' },
      {
        enrichPerson: { apollo: () => anna },
        findEmail: {
          hunter: () => ({ email: 'anna@acme.example', confidence: 0.97, person: { verdict: 'deliverable' } }),
        },
      },
    )
    expect(asked.map(({ capability }) => capability)).toEqual(['enrichPerson', 'findEmail'])
    expect(output).toMatchObject({
      email: 'anna@acme.example',
      verdict: 'deliverable',
      verifiedBy: 'hunter',
      missing: [],
    })
  })

  it('a verdict about another address of the person is not the found one’s', async () => {
    const { output } = await enrich(
      { fullName: 'Anna Berg', website: 'acme.example' },
      {
        findEmail: {
          hunter: () => ({
            email: 'anna@acme.example',
            person: { email: 'old@acme.example', verdict: 'undeliverable' },
          }),
        },
      },
      { want: ['email'] },
    )
    expect(output).toMatchObject({ email: 'anna@acme.example' })
    expect(output).not.toHaveProperty('verdict')
  })

  it('keeps the item’s address without the verdict that the service gives to another, and says so', async () => {
    const { output, reason } = await enrich(
      { email: 'a.berg@acme.example' },
      {
        enrichPerson: { apollo: () => ({ ...anna, email: 'anna@acme.example', verdict: 'deliverable' }) },
      },
    )
    expect(output).toMatchObject({ email: 'a.berg@acme.example', title: 'CEO' })
    expect(output).not.toHaveProperty('verdict')
    expect(reason).toBe('Not taken from apollo: anna@acme.example: another address than the lead’s.')
  })

  it('asks the next service only for what is still missing, and nobody once all is there', async () => {
    const { asked, output } = await enrich(
      { email: 'anna@acme.example' },
      {
        enrichPerson: {
          apollo: () => ({ title: 'CEO' }),
          lusha: () => ({ ...anna, title: 'Boss' }),
          zoominfo: () => anna,
        },
        enrichCompany: { hunter: () => ({ name: 'Acme' }) },
      },
    )
    expect(asked.map(({ capability, provider }) => `${capability} ${provider}`)).toEqual([
      'enrichPerson apollo',
      'enrichPerson lusha',
    ])
    expect(output).toMatchObject({
      title: 'CEO',
      enrichedBy: { title: 'apollo', linkedin: 'lusha', 'company.employees': 'lusha' },
    })
  })

  it('every answer is an observation with who, when and for how much, also what was not taken', async () => {
    const { output } = await enrich(
      { email: 'a.berg@acme.example', observations: [{ source: 'flow', at: at.toISOString(), values: {} }] },
      {
        enrichPerson: {
          apollo: () => ({
            title: 'CEO',
            email: 'anna@acme.example',
            ids: { apollo: '54a' },
            company: { name: 'Beta', domain: 'beta.example' },
            confidence: 0.9,
          }),
          lusha: () => ({ title: 'Trainee', confidence: 0.2 }),
        },
      },
      { want: ['title'] },
    )
    expect(output?.observations).toEqual([
      { source: 'flow', at: at.toISOString(), values: {} },
      {
        source: 'apollo',
        at: at.toISOString(),
        price: 4900,
        ledger: 'apollo-1',
        values: {
          title: ['CEO', 0.9],
          email: ['anna@acme.example', 0.9],
          'apollo.id': ['54a', 0.9],
          'company.name': ['Beta', 0.9],
          'company.domain': ['beta.example', 0.9],
        },
      },
      { source: 'lusha', at: at.toISOString(), price: 4900, ledger: 'lusha-1', values: { title: ['Trainee', 0.2] } },
    ])
    expect(output).not.toHaveProperty('title')
    expect(output?.notTaken).toMatchObject([
      { field: 'company', source: 'apollo' },
      { field: 'job' },
      { field: 'email' },
    ])
  })

  it('leaves out what nobody is sure enough of', async () => {
    const { output, reason } = await enrich(
      { email: 'anna@acme.example' },
      { enrichPerson: { apollo: () => ({ title: 'CTO', confidence: 0.5 }) } },
      { want: ['title'] },
    )
    expect(output).toMatchObject({ email: 'anna@acme.example', missing: ['title'], enrichedBy: {} })
    expect(output).not.toHaveProperty('title')
    expect(reason).toBe('Nobody knew: title.')
  })

  it.each(['gmx.de', 'gmail.com', 'web.de'])(
    'asks nobody for a company by %s, and takes none that is called so',
    async (domain) => {
      const provider = { name: 'Mail Provider Inc', domain, employees: 5000 }
      const { asked, output, reason } = await enrich(
        { email: `bea.klein@${domain}`, fullName: 'Bea Klein' },
        {
          enrichPerson: { apollo: () => ({ title: 'Painter', company: provider }) },
          enrichCompany: { hunter: () => provider },
        },
      )
      expect(asked).toEqual([
        {
          capability: 'enrichPerson',
          provider: 'apollo',
          inputs: [{ email: `bea.klein@${domain}`, fullName: 'Bea Klein' }],
        },
      ])
      expect(output).toMatchObject({
        title: 'Painter',
        missing: ['linkedin', 'company.name', 'company.industry', 'company.employees'],
      })
      expect(output).not.toHaveProperty('company')
      expect(reason).toContain(`Anybody can have a mailbox at ${domain}, so it says nothing of a company.`)
    },
  )

  it('two companies are never mixed, and the item says so', async () => {
    const { output, reason } = await enrich(
      { email: 'anna@acme.example', website: 'https://acme.example' },
      {
        enrichPerson: {
          apollo: () => ({ title: 'CTO', company: { name: 'Beta', domain: 'beta.example', employees: 9 } }),
        },
        enrichCompany: {
          hunter: ({ domain }) => (domain === 'acme.example' ? { name: 'Acme', domain: 'acme.example' } : undefined),
        },
      },
    )
    expect(output).toMatchObject({ company: { name: 'Acme', domain: 'acme.example' } })
    expect(output).not.toHaveProperty('company.employees')
    expect(reason).toContain('Not taken from apollo: Beta, beta.example: another company than the lead’s.')
  })

  it('what is not known is told, with the fields', async () => {
    const { status, output, reason } = await enrich(
      { email: 'anna@acme.example' },
      { enrichPerson: { apollo: () => undefined } },
      { want: ['title', 'phone'] },
    )
    expect([status, output?.missing, reason]).toEqual(['done', ['title', 'phone'], 'Nobody knew: title, phone.'])
  })

  it('asks nobody about a lead of whom too little is known', async () => {
    const { reason, asked } = await enrich({ firstName: 'Anna' }, { enrichPerson: { apollo: () => anna } })
    expect(asked).toEqual([])
    expect(reason).toMatch(/^Too little is known about this lead/)
  })

  it('an error is the item’s where nobody else knew anything, and not where somebody did', async () => {
    const failing = { enrichPerson: { apollo: () => error('unavailable'), lusha: () => undefined } }
    expect(await enrich({ email: 'anna@acme.example' }, failing, { want: ['title'] })).toMatchObject({
      status: 'failed',
      error: { kind: 'unavailable' },
    })
    const second = { enrichPerson: { apollo: () => error('unavailable'), lusha: () => ({ title: 'CEO' }) } }
    expect(await enrich({ email: 'anna@acme.example' }, second, { want: ['title', 'phone'] })).toMatchObject({
      status: 'done',
      output: { title: 'CEO' },
    })
  })

  it('a used-up budget stops the item, a refused key only where nobody else answered', async () => {
    const asking = (kind: ErrorValue['kind']) =>
      enrich(
        { email: 'anna@acme.example' },
        { enrichPerson: { apollo: () => error(kind, true), lusha: () => ({ title: 'CEO' }) } },
        { want: ['title', 'phone'] },
      )
    expect(await asking('over_budget')).toMatchObject({ status: 'failed', error: { kind: 'over_budget' } })
    expect(await asking('unauthorized')).toMatchObject({ status: 'done', output: { title: 'CEO' } })
    const alone = { enrichPerson: { apollo: () => error('unauthorized', true) } }
    expect(await enrich({ email: 'anna@acme.example' }, alone)).toMatchObject({
      status: 'failed',
      error: { kind: 'unauthorized' },
    })
  })

  it('nobody connected is the item’s error', async () => {
    expect(await enrich({ email: 'anna@acme.example' }, {})).toMatchObject({
      status: 'failed',
      error: { kind: 'not_connected' },
    })
  })

  it('a lead that was not asked about because the run was stopped stays open, one that has all is done', async () => {
    const stop = new AbortController()
    const services = { enrichPerson: { apollo: () => (stop.abort(), { title: 'CEO' }), lusha: () => anna } }
    expect(await enrich({ email: 'anna@acme.example' }, services, {}, { signal: stop.signal })).toMatchObject({
      status: 'pending',
      outputs: [],
    })
    expect(await enrich({ email: 'anna@acme.example', ...anna }, services, {}, { signal: stop.signal })).toMatchObject({
      status: 'done',
    })
    expect(
      await enrich({ email: 'anna@acme.example' }, { enrichPerson: { apollo: () => error('cancelled') } }),
    ).toMatchObject({ status: 'pending' })
  })

  it('gives the services’ own answers when asked to', async () => {
    const { context } = world({ enrichPerson: { apollo: () => anna } })
    const ask = async (...asked: Parameters<BlockContext['ask']>) =>
      (await context.ask(...asked)).map((answer) => ({ ...answer, raw: { says: 'CEO' } }))
    const options = Value.Default(block.contract.options, { raw: true }) as Options
    const [result] = await block.run([{ index: 0, value: { email: 'anna@acme.example' } }], options, {
      ...context,
      ask,
    } as BlockContext)
    expect(result?.raw).toEqual({ apollo: { says: 'CEO' } })
  })
})
