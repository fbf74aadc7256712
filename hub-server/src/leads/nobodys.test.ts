import { beforeAll, describe, expect, it } from 'vitest'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { emailIdentity } from './identities.ts'
import { openLeads, type LeadStore } from './store.ts'

const flow = { source: 'flow', confidence: 0.8 }

describe('an address that one person is known by', () => {
  it('is none of a function, of nobody, or of a template', () => {
    expect(
      [
        'info@acme.example',
        'noreply@acme.example',
        'n/a',
        'test@test',
        'test@example.com',
        '[email\u00a0protected]',
      ].map(emailIdentity),
    ).toEqual(Array.from({ length: 6 }, () => undefined))
    expect(emailIdentity(' Anna@B\u00fccher.example ')).toBe('anna@xn--bcher-kva.example')
  })
})

describe.each(testDatabases)('what is nobody’s on $kind', ({ open }) => {
  const database = databaseForAll(open)
  let leads: LeadStore
  beforeAll(() => {
    leads = openLeads(database.db, { workspace: 'ws_1', mode: 'test' })
  })

  const nobodys: [string, Record<string, string>][] = [
    ...[
      'n/a',
      'N/A',
      'none',
      '-',
      'unknown',
      'test@test',
      '[email\u00a0protected]',
      '[email protected]',
      'noreply@acme.example',
      'test@example.com',
      'none@none.com',
      'info@',
      '@acme.example',
    ].map((email): [string, Record<string, string>] => [`the e-mail ${email}`, { email }]),
    ...[
      'n/a',
      'https://www.linkedin.com/company/acme',
      'https://www.linkedin.com/in/',
      'linkedin.com/in',
      'https://www.linkedin.com/pub/anna-berg',
      'https://www.linkedin.com/in/me/',
    ].map((linkedin): [string, Record<string, string>] => [`the profile ${linkedin}`, { linkedin }]),
  ]

  it.each(nobodys)('never makes one of two: %s', async (_what, address) => {
    const [one, two] = await leads.upsertAll(
      [
        { ...address, fullName: 'Ursula Klein', verdict: 'undeliverable' },
        { ...address, fullName: 'Peter Gross' },
      ],
      flow,
    )
    expect(one?.id).not.toBe(two?.id)
    const lead = await leads.get(one?.id ?? '')
    expect(lead).toMatchObject({ fullName: 'Ursula Klein' })
    expect(lead).not.toHaveProperty(Object.keys(address)[0] ?? '')
    if ('email' in address) expect(lead).not.toHaveProperty('verdict')
    expect(await leads.find(address)).toBeNull()
  })

  it('makes no lead of its own: it is said what to do', async () => {
    await expect(leads.upsert({ email: 'n/a', title: 'CEO' }, flow)).rejects.toMatchObject({
      kind: 'invalid_input',
      message: expect.stringContaining('holds no address of a person'),
      advice: expect.stringContaining('name'),
    })
    await expect(leads.upsert({ email: 'n/a', fullName: 'n/a' }, flow)).rejects.toMatchObject({ kind: 'invalid_input' })
  })

  it('makes no company of a mail provider, a template’s domain, or a word', async () => {
    expect([
      ...(await leads.companies(['gmail.com', 'example.com', 'n/a', 'acme', 'https://www.Shop.Acme.example/x'])).keys(),
    ]).toEqual(['https://www.Shop.Acme.example/x', 'acme.example'])
    const stored = await leads.upsertAll(
      ['a', 'b'].map((name) => ({ email: `${name}@private.example`, company: { domain: 'gmail.com', name: 'Gmail' } })),
      flow,
    )
    for (const { id } of stored) expect((await leads.get(id)).company).toEqual({ name: 'Gmail' })
  })

  it('is not what tells two of one name in LinkedIn’s old form apart', async () => {
    const profile = (numbers: string) => ({
      linkedin: `https://www.linkedin.com/pub/anna-berg/${numbers}`,
      fullName: 'Anna Berg',
    })
    const [one, two, again] = await leads.upsertAll(
      [
        profile('1/2/3'),
        profile('4/5/6'),
        { ...profile('1/2/3'), linkedin: 'http://de.linkedin.com/pub/Anna-Berg/1/2/3/en' },
      ],
      flow,
    )
    expect(one?.id).not.toBe(two?.id)
    expect(again?.id).toBe(one?.id)
  })

  it('does not keep anybody from being found in any spelling', async () => {
    const { lead } = await leads.upsert(
      {
        email: 'Anna@B\u00fccher.example',
        linkedin: 'https://www.linkedin.com/in/jos%C3%A9-b/de',
        fullName: 'Jos\u00e9 B',
      },
      flow,
    )
    for (const email of ['anna@xn--bcher-kva.example', '<ANNA@B\u00dcCHER.example>', 'an\u00adna@b\u00fccher.example.'])
      expect((await leads.find({ email }))?.id).toBe(lead.id)
    expect(
      (await leads.search('', 10, undefined, { email: 'mailto:anna@b\u00fccher.example' })).map(({ id }) => id),
    ).toEqual([lead.id])
    expect(
      (await leads.search('jos\u00e9', 10, undefined, { linkedin: 'uk.linkedin.com/in/jose\u0301-b' })).map(
        ({ id }) => id,
      ),
    ).toEqual([lead.id])
    expect(await leads.search('nobody', 10, undefined, { linkedin: 'uk.linkedin.com/in/jose\u0301-b' })).toEqual([])
    expect(await leads.search('', 10, undefined, { email: 'n/a' })).toEqual([])
  })

  it('finds all who share an address of many', async () => {
    await leads.upsertAll(
      [
        { email: 'info@shared.example', fullName: 'One' },
        { email: 'info@shared.example', fullName: 'Two' },
      ],
      flow,
    )
    expect(
      (await leads.search('', 10, undefined, { email: 'Info@shared.example' })).map(({ fullName }) => fullName).sort(),
    ).toEqual(['One', 'Two'])
  })
})
