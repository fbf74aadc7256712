import { describe, expect, it } from 'vitest'
import { Value } from 'typebox/value'
import type { ErrorValue } from '../../contracts/errors.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Asked, BlockContext } from '../block.ts'
import { contextWith } from '../testing/context.ts'
import { block } from './block.ts'
import { contract } from './contract.ts'

type Options = Parameters<typeof block.run>[1]

const at = new Date('2026-11-20T10:00:00Z')
const now = new Date('2026-11-21T10:00:00Z')
const says = (status: string, more: object = {}): Asked<object> => ({
  status: 'done',
  outputs: [{ status, ...more }],
  provider: 'hunter',
  at,
  price: 8000,
  ledger: 'l1',
})
const error = (kind: ErrorValue['kind'], pauses = false): Asked<object> => ({
  status: 'failed',
  outputs: [],
  provider: 'hunter',
  at,
  error: { kind, message: `It is ${kind}.`, advice: 'Wait.', ...(pauses && { pauses }) },
})

/** Domains with a mail server; all others have none. */
const resolveMx: BlockContext['resolveMx'] = async (domain) =>
  domain === 'acme.example' || domain === 'gmx.de' ? [{ exchange: `mx.${domain}`, priority: 10 }] : []

const verify = async (items: object[], options: Partial<Options> = {}, answers?: Asked<object>[] | Error) => {
  const asked: { inputs: readonly unknown[]; items?: readonly number[] }[] = []
  const ask = async (_capability: object, inputs: readonly unknown[], how: { items?: readonly number[] }) => {
    asked.push({ inputs, items: how.items })
    if (answers instanceof Error) throw answers
    return answers ?? []
  }
  const context = contextWith({ resolveMx, now: () => now, ...(answers && { ask: ask as BlockContext['ask'] }) })
  const filled = Value.Default(contract.options, { ...options }) as Options
  const results = await block.run(
    items.map((value, index) => ({ index, value: { ...value } })),
    filled,
    context,
  )
  return { results: results.toSorted((one, other) => one.item - other.item), asked }
}

const anna = { email: 'Anna@acme.example', row: 7 }

describe('Verify Email', () => {
  it('asks a service for what the free checks cannot decide, and says who answered, when and how sure', async () => {
    const { results, asked } = await verify([anna], {}, [
      says('deliverable', { isCatchAll: false, reason: 'mailbox exists' }),
    ])
    expect(asked).toEqual([{ inputs: [{ email: 'Anna@acme.example' }], items: [0] }])
    expect(results).toEqual([
      {
        item: 0,
        status: 'done',
        outputs: [
          {
            email: 'anna@acme.example',
            row: 7,
            verdict: 'deliverable',
            verdictReason: 'Mail to this address arrives, says hunter (mailbox exists).',
            verifiedBy: 'hunter',
            verifiedAt: at.toISOString(),
            emailChecks: { isFree: false, isRole: false, isDisposable: false, hasMailServer: true, isCatchAll: false },
            observations: [
              {
                source: 'hunter',
                at: at.toISOString(),
                price: 8000,
                ledger: 'l1',
                values: { verdict: ['deliverable', 0.95] },
              },
            ],
          },
        ],
      },
    ])
  })

  it.each([
    ['no address', 'undeliverable'],
    ['anna@nowhere.example', 'undeliverable'],
    ['anna@mailinator.com', 'undeliverable'],
  ])('asks nobody where the free checks decide: %s is %s', async (email, verdict) => {
    const { results } = await verify([{ email }])
    expect(results[0]?.outputs[0]).toMatchObject({
      verdict,
      verifiedBy: 'built-in',
      verifiedAt: now.toISOString(),
      observations: [{ source: 'built-in', at: now.toISOString(), values: { verdict: [verdict, 0.95] } }],
    })
  })

  it.each([
    ['info@acme.example', 'risky', 0.6],
    ['bea@gmx.de', 'unknown', 0.1],
  ])('says by free checks only what they can tell: %s is %s', async (email, verdict, sure) => {
    const { results } = await verify([{ email }], { depth: 'free' })
    expect(results[0]?.outputs[0]).toMatchObject({
      verdict,
      observations: [{ source: 'built-in', values: { verdict: [verdict, sure] } }],
    })
  })

  it('keeps what was observed before', async () => {
    const before = {
      source: 'https://acme.example/team',
      at: at.toISOString(),
      values: { email: ['anna@acme.example', 0.9] },
    }
    const { results } = await verify([{ ...anna, observations: [before] }], {}, [says('risky')])
    expect(results[0]?.outputs[0]).toMatchObject({
      observations: [before, { source: 'hunter', values: { verdict: ['risky', 0.8] } }],
    })
  })

  it('skips an item without an address, and verifies the others', async () => {
    const { results, asked } = await verify([{ row: 1 }, anna], {}, [says('deliverable')])
    expect(asked[0]?.items).toEqual([1])
    expect(results).toMatchObject([
      { status: 'skipped', outputs: [], reason: 'There is no e-mail address to verify.' },
      { status: 'done' },
    ])
  })

  it('asks the services alone when told to, also about what the free checks would decide', async () => {
    const { results, asked } = await verify([{ email: 'anna@nowhere.example' }], { depth: 'services' }, [
      says('undeliverable'),
    ])
    expect(asked).toHaveLength(1)
    expect(results[0]?.outputs[0]).toMatchObject({ verdict: 'undeliverable', verifiedBy: 'hunter', emailChecks: {} })
    const failed = await verify([anna], { depth: 'services' }, [error('unavailable')])
    expect(failed.results[0]).toMatchObject({ status: 'failed', error: { kind: 'unavailable' } })
  })

  it('falls back on the free checks where a service cannot answer, and says so', async () => {
    const { results } = await verify([anna], {}, [error('unavailable')])
    expect(results[0]?.outputs[0]).toMatchObject({
      verdict: 'unknown',
      verifiedBy: 'built-in',
      verdictReason: expect.stringContaining('No service could be asked: It is unavailable.'),
    })
  })

  it('an account without credits is waited for: the free checks would be a poor answer', async () => {
    const { results } = await verify([anna, { email: 'ben@nowhere.example' }], {}, [error('quota_exceeded', true)])
    expect(results).toMatchObject([
      { status: 'failed', outputs: [], error: { kind: 'quota_exceeded' } },
      { status: 'done', outputs: [{ verdict: 'undeliverable' }] },
    ])
  })

  it('an address that was not asked about because the run was stopped stays open', async () => {
    const { results } = await verify([anna], {}, [error('cancelled')])
    expect(results).toEqual([{ item: 0, status: 'pending', outputs: [] }])
  })

  it('without any service the free checks stand, and say so; one asked for by name must answer', async () => {
    const nobody = new HubError('not_connected', 'No service is connected.', { advice: 'Connect one.' })
    const { results } = await verify([anna], {}, nobody)
    expect(results[0]?.outputs[0]).toMatchObject({
      verdict: 'unknown',
      verdictReason: expect.stringContaining('No service is connected.'),
    })
    await expect(verify([anna], { providers: ['hunter'] }, nobody)).rejects.toThrow('No service is connected.')
    await expect(verify([anna], { depth: 'services' }, nobody)).rejects.toThrow('No service is connected.')
  })

  it('gives the service’s own answer when asked to', async () => {
    const { results } = await verify([anna], { raw: true }, [{ ...says('deliverable'), raw: { score: 98 } }])
    expect(results[0]?.raw).toEqual({ score: 98 })
  })
})
