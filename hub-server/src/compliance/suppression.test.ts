import { sql, type Kysely } from 'kysely'
import type { Static } from 'typebox'
import { beforeAll, describe, expect, it } from 'vitest'
import { sendEmail } from '../capabilities/sendEmail.ts'
import type { Scope } from '../contracts/scope.ts'
import type { Channel } from '../contracts/suppression.ts'
import type { Tables } from '../db/tables.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createHashing } from './hashing.ts'
import { createSuppression } from './suppression.ts'

const scopeOf = (workspace: string): Scope => ({ workspace, mode: 'test' })
const entry = (channel: Channel, value: string, reason?: string) => ({ channel, value, ...(reason && { reason }) })

/** What is written first is found by each of the others. */
const spellings: [Channel, string, string[]][] = [
  [
    'email',
    'anna@acme.example',
    [
      ' Anna@ACME.example\n',
      'anna@acme.example.',
      'an\u00adna@acme.example',
      '<anna@acme.example>',
      'mailto:anna@acme.example',
    ],
  ],
  ['email', 'jos\u00e9@acme.example', ['Jose\u0301@acme.example', 'JOS\u00c9@acme.example']],
  ['email', 'ben@b\u00fccher.example', ['ben@xn--bcher-kva.example', 'ben@BU\u0308CHER.example']],
  ['domain', 'beta.example', ['Beta.example', '@beta.example', 'www.beta.example', ' beta.example. ']],
  ['domain', 'm\u00fcller.example', ['xn--mller-kva.example', 'M\u00dcLLER.example']],
  ['phone', '+12125550123', ['+1 (212) 555-0123', ' +1-212-555-0123 ', '+1 212.555.0123']],
  [
    'linkedin',
    'https://www.linkedin.com/in/anna-berg',
    ['linkedin.com/in/Anna-Berg/', 'http://uk.linkedin.com/in/anna%2Dberg?trk=1'],
  ],
]

describe.each(testDatabases)('suppression on $kind', ({ open }) => {
  const database = databaseForAll(open)
  let db: Kysely<Tables>
  beforeAll(() => {
    db = database.db
  })

  it.each(spellings)('knows %s %s in every spelling', async (channel, value, others) => {
    const suppression = createSuppression(db)
    const scope = scopeOf(`spelling ${spellings.findIndex((each) => each[1] === value)}`)
    expect(await suppression.add(scope, [entry(channel, value)])).toEqual({ added: 1, known: 0 })
    for (const other of others) {
      expect(await suppression.add(scope, [entry(channel, other)])).toEqual({ added: 0, known: 1 })
      expect(await suppression.check(scope, [entry(channel, other)])).toMatchObject([{ suppressed: true }])
    }
  })

  it('still knows whom earlier versions of the hub wrote down in another form', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('earlier')
    const hash = await createHashing(db)(scope)
    const before = [
      entry('email', 'an\u00adna@acme.example'),
      entry('linkedin', 'pub/anna-berg'),
      entry('linkedin', 'company/acme'),
    ]
    await db
      .insertInto('suppression')
      .values(before.map((each) => ({ ...scope, channel: each.channel, hash: hash(each), reason: null })))
      .execute()
    const people = [
      { email: 'An\u00adna@acme.example' },
      { linkedin: 'https://www.linkedin.com/pub/anna-berg/1/2/3' },
      { linkedin: 'linkedin.com/company/Acme' },
      { linkedin: 'linkedin.com/in/anna-berg' },
    ]
    expect(await suppression.suppressed(scope, people)).toEqual([true, true, true, false])
    expect(
      await suppression.check(scope, [entry('linkedin', 'https://www.linkedin.com/pub/anna-berg/1/2/3')]),
    ).toMatchObject([{ suppressed: true }])
    expect(
      await suppression.remove(scope, [entry('linkedin', 'https://www.linkedin.com/pub/anna-berg/4/5/6')]),
    ).toEqual({ removed: 1 })
  })

  it('tells two people of one name in LinkedIn’s old form apart', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('namesakes')
    await suppression.add(scope, [entry('linkedin', 'https://www.linkedin.com/pub/anna-berg/1/2/3')])
    expect(
      await suppression.suppressed(scope, [
        { linkedin: 'https://de.linkedin.com/pub/anna-berg/1/2/3' },
        { linkedin: 'https://www.linkedin.com/pub/anna-berg/4/5/6' },
      ]),
    ).toEqual([true, false])
  })

  it('takes a tagged address for another one', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('tags')
    await suppression.add(scope, [entry('email', 'anna+news@acme.example')])
    expect(
      await suppression.suppressed(scope, [{ email: 'anna+news@acme.example' }, { email: 'anna@acme.example' }]),
    ).toEqual([true, false])
  })

  it('suppresses everybody at a domain and below it, and nobody beside it', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('domains')
    await suppression.add(scope, [entry('domain', 'acme.example')])
    const emails = [
      'a@acme.example',
      'b@mail.acme.example',
      'c@deep.mail.ACME.example',
      'd@notacme.example',
      'e@acme.example.test',
      'f@example.test',
    ]
    expect(
      await suppression.suppressed(
        scope,
        emails.map((email) => ({ email })),
      ),
    ).toEqual([true, true, true, false, false, false])
    expect(
      (
        await suppression.check(
          scope,
          emails.map((email) => entry('email', email)),
        )
      ).map(({ suppressed }) => suppressed),
    ).toEqual([true, true, true, false, false, false])
    expect(
      await suppression.check(scope, [entry('domain', 'mail.acme.example'), entry('domain', 'other.example')]),
    ).toMatchObject([{ suppressed: true }, { suppressed: false }])
  })

  it('finds a person by any of their addresses', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('reach')
    await suppression.add(scope, [
      entry('email', 'one@acme.example'),
      entry('phone', '+12125550123'),
      entry('linkedin', 'linkedin.com/in/three'),
      entry('domain', 'beta.example'),
    ])
    const people = [
      { email: 'one@acme.example' },
      { email: 'other@acme.example', emails: ['x@acme.example', 'One@acme.example'] },
      { email: 'other@acme.example', phone: '+1 212 555 0123' },
      { linkedin: 'https://www.linkedin.com/in/Three/' },
      { email: 'other@acme.example', phone: '+1 212 555 0124', linkedin: 'linkedin.com/in/four' },
      {},
      { domain: 'www.beta.example' },
      { domain: 'acme.example' },
    ]
    expect(await suppression.suppressed(scope, people)).toEqual([true, true, true, true, false, false, true, false])
  })

  it('matches nothing by what is not an address', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('nonsense')
    await suppression.add(scope, [entry('email', 'one@acme.example')])
    const people = [
      { email: '' },
      { email: 'nobody' },
      { email: '@' },
      { phone: '12' },
      { phone: '' },
      { linkedin: 'acme.example/in/one' },
      { email: 'x', emails: ['one@acme.example'] },
    ]
    expect(await suppression.suppressed(scope, people)).toEqual([false, false, false, false, false, false, true])
  })

  it('finds each recipient of a message, however the header is written', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('message')
    await suppression.add(scope, [entry('email', 'anna@acme.example')])
    const message: Static<typeof sendEmail.input> = {
      to: 'ben@acme.example',
      from: 'me@acme.example',
      subject: 'Hello',
    }
    const messages: (typeof message)[] = [
      message,
      { ...message, to: 'Anna Berg <anna@acme.example>' },
      { ...message, to: 'ben@acme.example,Anna@acme.example' },
      { ...message, headers: { Bcc: '"Berg, Anna" <anna@acme.example>' } },
      { ...message, from: 'anna@acme.example', headers: { 'X-From': 'anna@acme.example' } },
    ]
    expect(
      await suppression.suppressed(
        scope,
        messages.map((each) => sendEmail.person?.(each) ?? {}),
      ),
    ).toEqual([false, true, true, true, false])
  })

  it('forgets who is removed, and only them', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('removal')
    await suppression.add(scope, [
      entry('email', 'a@acme.example'),
      entry('email', 'b@acme.example'),
      entry('domain', 'beta.example'),
    ])
    expect(
      await suppression.remove(scope, [
        entry('email', 'A@acme.example'),
        entry('domain', 'www.beta.example'),
        entry('email', 'never@acme.example'),
      ]),
    ).toEqual({ removed: 2 })
    expect(
      await suppression.suppressed(scope, [
        { email: 'a@acme.example' },
        { email: 'b@acme.example' },
        { email: 'c@beta.example' },
      ]),
    ).toEqual([false, true, false])
  })

  it('counts by channel', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('counts')
    expect(await suppression.count(scope)).toEqual({ email: 0, domain: 0, phone: 0, linkedin: 0 })
    await suppression.add(scope, [
      entry('email', 'a@acme.example'),
      entry('email', 'b@acme.example'),
      entry('phone', '+12125550123'),
      entry('linkedin', 'linkedin.com/in/a'),
    ])
    expect(await suppression.count(scope)).toEqual({ email: 2, domain: 0, phone: 1, linkedin: 1 })
  })

  it('takes twice for once, within a request and between two at the same time', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('twice')
    expect(
      await suppression.add(scope, [
        entry('email', 'a@acme.example', 'first'),
        entry('email', 'A@acme.example', 'second'),
      ]),
    ).toEqual({ added: 1, known: 1 })
    const many = Array.from({ length: 300 }, (_, index) => entry('email', `p${index}@acme.example`))
    const answers = await Promise.all([
      suppression.add(scope, many),
      createSuppression(db).add(scope, many.toReversed()),
    ])
    expect(answers.reduce((sum, { added }) => sum + added, 0)).toBe(300)
    expect(await suppression.count(scope)).toMatchObject({ email: 301 })
  })

  it('keeps the first reason and the moment, and gives the closest entry’s', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('reasons')
    const before = Date.now()
    await suppression.add(scope, [
      entry('email', 'a@acme.example', 'un\u0000subscribed'),
      entry('domain', 'acme.example', 'competitor'),
      entry('email', 'b@beta.example'),
    ])
    await suppression.add(scope, [entry('email', 'a@acme.example', 'later')])
    const [own, byDomain, none] = await suppression.check(scope, [
      entry('email', 'a@acme.example'),
      entry('email', 'c@acme.example'),
      entry('email', 'b@beta.example'),
    ])
    expect(own).toEqual({ suppressed: true, reason: 'unsubscribed', since: expect.any(String) })
    expect(byDomain).toMatchObject({ suppressed: true, reason: 'competitor' })
    expect(none).toEqual({ suppressed: true, since: expect.any(String) })
    const since = own?.suppressed ? Date.parse(own.since) : 0
    expect(since).toBeGreaterThan(before - 5000)
    expect(since).toBeLessThan(Date.now() + 5000)
  })

  it('keeps workspaces and modes apart, so that not even the hashes are alike', async () => {
    const suppression = createSuppression(db)
    const scopes: Scope[] = [
      { workspace: 'apart 1', mode: 'test' },
      { workspace: 'apart 1', mode: 'live' },
      { workspace: 'apart 2', mode: 'test' },
    ]
    const ask = () =>
      Promise.all(scopes.map(async (scope) => (await suppression.suppressed(scope, [{ email: 'a@acme.example' }]))[0]))
    await suppression.add({ workspace: 'apart 1', mode: 'test' }, [entry('email', 'a@acme.example')])
    expect(await ask()).toEqual([true, false, false])
    for (const scope of scopes) await suppression.add(scope, [entry('email', 'a@acme.example')])
    expect(await ask()).toEqual([true, true, true])
    const rows = await db.selectFrom('suppression').select('hash').where('workspace', 'like', 'apart%').execute()
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(3)
    await suppression.remove({ workspace: 'apart 1', mode: 'live' }, [entry('email', 'a@acme.example')])
    expect(await ask()).toEqual([true, false, true])
  })

  it('has no clear value anywhere, neither in the list nor in its events', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('clear')
    await suppression.add(scope, [
      entry('email', 'walburga@acme.example'),
      entry('domain', 'walburga.example'),
      entry('phone', '+12125550177'),
      entry('linkedin', 'linkedin.com/in/walburga'),
    ])
    const kept = JSON.stringify([
      await db.selectFrom('suppression').selectAll().execute(),
      await db.selectFrom('event').selectAll().execute(),
    ])
    expect(kept).toContain('"clear"')
    for (const part of ['walburga', 'acme.example', '5550177', '@']) expect(kept.toLowerCase()).not.toContain(part)
  })

  it('tells what is new as an event, by its hash', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('events')
    await suppression.add(scope, [entry('email', 'a@acme.example'), entry('domain', 'beta.example')])
    await suppression.add(scope, [entry('email', 'a@acme.example')])
    const events = await db
      .selectFrom('event')
      .select(['type', 'subject', 'data'])
      .where('workspace', '=', 'events')
      .execute()
    const rows = await db
      .selectFrom('suppression')
      .select(['channel', 'hash'])
      .where('workspace', '=', 'events')
      .execute()
    expect(events).toHaveLength(2)
    expect(events).toEqual(
      expect.arrayContaining(
        rows.map(({ channel, hash }) => ({ type: 'suppression.added', subject: hash, data: { channel } })),
      ),
    )
  })

  it('names each wrong value by its position, repeats none of them, and then changes nothing', async () => {
    const suppression = createSuppression(db)
    const scope = scopeOf('wrong')
    const wrong = [
      entry('email', 'fine@acme.example'),
      entry('email', 'walburga'),
      entry('domain', 'example'),
      entry('domain', '10.0.0.12'),
      entry('domain', 'https://walburga.example/'),
      entry('phone', '030 123456'),
      entry('phone', 'call +12125550123'),
      entry('linkedin', 'walburga.example/in/x'),
      entry('email', 'wal burga@acme.example'),
      entry('email', '@acme.example'),
    ]
    for (const call of [suppression.add, suppression.remove, suppression.check]) {
      const error: unknown = await call(scope, wrong).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        kind: 'invalid_input',
        fields: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((index) => ({ path: `/entries/${index}/value` })),
      })
      expect(error).toMatchObject({ message: expect.stringContaining('/entries/1/value is not an e-mail address') })
      expect(JSON.stringify(error) + String(error)).not.toContain('walburga')
    }
    expect(await suppression.count(scope)).toMatchObject({ email: 0 })
  })

  it('makes one key for a workspace, whoever comes first', async () => {
    const scope = scopeOf('key')
    const processes = Array.from({ length: 5 }, () => createSuppression(db))
    const answers = await Promise.all(processes.map((each) => each.add(scope, [entry('email', 'a@acme.example')])))
    expect(answers.reduce((sum, { added }) => sum + added, 0)).toBe(1)
    const keys = await db.selectFrom('setting').selectAll().where('key', '=', 'suppression.key').execute()
    expect(keys).toHaveLength(1)
    expect(Buffer.from(keys[0]?.value ?? '', 'base64')).toHaveLength(32)
  })

  it('survives the erasure of all that is known of a person', async () => {
    const scope = scopeOf('erasure')
    await createSuppression(db).add(scope, [entry('email', 'a@acme.example')])
    for (const table of ['observation', 'identity', 'link', 'subject', 'answer', 'event'] as const)
      await sql`delete from ${sql.table(table)}`.execute(db)
    expect(await createSuppression(db).suppressed(scope, [{ email: 'a@acme.example' }])).toEqual([true])
  })
})
