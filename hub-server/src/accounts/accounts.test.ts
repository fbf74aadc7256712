import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createConnections } from './connections.ts'
import { createConsents, forgetAbandoned } from './consents.ts'
import { createSealer } from './sealing.ts'

const secret = 'sk-very-secret'
const input = { connector: 'hunter', name: 'Mine', fields: { apiKey: secret, region: 'eu' }, secretNames: ['apiKey'] }

describe.each(testDatabases)('accounts on $kind', ({ open }) => {
  const database = databaseForAll(open)

  it('never shows a secret, nor stores it readable, and opens it for the gateway', async () => {
    const connections = createConnections(database.db, createSealer([randomBytes(32)]))
    const scope = { workspace: 'ws_1', mode: 'live' as const }
    const made = await connections.create(scope, input)
    expect(made).toMatchObject({ fields: { region: 'eu' }, secrets: ['apiKey'], status: 'untested' })
    expect(JSON.stringify(made)).not.toContain(secret)
    expect(JSON.stringify(await database.db.selectFrom('connection').selectAll().execute())).not.toContain(secret)
    expect(await connections.open(scope, made.id)).toMatchObject({ fields: input.fields })
  })

  it('keeps the modes apart and says which key is needed', async () => {
    const connections = createConnections(database.db, createSealer([randomBytes(32)]))
    const made = await connections.create({ workspace: 'ws_1', mode: 'live' }, input)
    await expect(connections.get({ workspace: 'ws_1', mode: 'test' }, made.id)).rejects.toMatchObject({
      kind: 'wrong_mode',
    })
    await expect(connections.get({ workspace: 'ws_2', mode: 'live' }, made.id)).rejects.toMatchObject({
      kind: 'not_found',
    })
  })

  it('keeps the person’s own limits when the account’s secrets are replaced', async () => {
    const connections = createConnections(database.db, createSealer([randomBytes(32)]))
    const scope = { workspace: 'ws_1', mode: 'live' as const }
    const made = await connections.create(scope, { ...input, limits: [{ calls: 5, per: '1s' }], creditPrice: 7 })
    await connections.replace(scope, made.id, { ...input, fields: { apiKey: 'other' } })
    expect(await connections.open(scope, made.id)).toMatchObject({
      fields: { apiKey: 'other' },
      limits: [{ calls: 5, per: '1s' }],
      creditPrice: 7,
    })
  })
})

describe.each(testDatabases)(
  'an account that a person is about to connect on the vendor’s own page, on $kind',
  ({ open }) => {
    const database = databaseForAll(open)

    const scope = { workspace: 'ws_1', mode: 'live' as const }
    const begin = async () => {
      const sealer = createSealer([randomBytes(32)])
      const [connections, consents] = [createConnections(database.db, sealer), createConsents(database.db, sealer)]
      const { id } = await connections.create(scope, { ...input, consent: true })
      await consents.begin({ ...scope, connection: id, codeVerifier: 'v' })
      return { connections, id }
    }
    const later = (minutes: number) =>
      sql`update consent set expires_at = expires_at - make_interval(mins => ${minutes})`
        .execute(database.db)
        .then(() =>
          sql`update connection set created_at = created_at - make_interval(mins => ${minutes})`.execute(database.db),
        )

    it('is no account, and is asked for nothing, before that person has said yes', async () => {
      const { connections, id } = await begin()
      expect((await connections.list(scope)).map((each) => each.id)).not.toContain(id)
      expect((await connections.openFor(scope, ['hunter'])).get('hunter')?.id).not.toBe(id)
      await connections.putToken(scope, id, '{}')
      expect((await connections.list(scope)).map((each) => each.id)).toContain(id)
    })

    it('leaves nothing where the person does not come back in time', async () => {
      const { connections, id } = await begin()
      await later(14)
      await forgetAbandoned(database.db)
      expect(await connections.get(scope, id)).toMatchObject({ id })
      await later(2)
      await forgetAbandoned(database.db)
      await expect(connections.get(scope, id)).rejects.toMatchObject({ kind: 'not_found' })
      expect(await database.db.selectFrom('consent').selectAll().execute()).toEqual([])
    })

    it('that was connected before goes on working under another name while nobody has come back', async () => {
      const { connections, id } = await begin()
      await connections.putToken(scope, id, '{"access":"a"}')
      await connections.markTested(scope, id, 'working', 'good')
      expect(await connections.replace(scope, id, { ...input, name: 'Other', consent: true })).toMatchObject({
        name: 'Other',
        status: 'working',
      })
      expect((await connections.readToken(scope, id)).token).toBe('{"access":"a"}')
      expect(await connections.replace(scope, id, { ...input, fields: { region: 'us' }, consent: true })).toMatchObject(
        { status: 'needs_reconnect' },
      )
    })

    it('that was connected before stays, whatever becomes of a second attempt', async () => {
      const { connections, id } = await begin()
      await connections.putToken(scope, id, '{}')
      await createConsents(database.db, createSealer([randomBytes(32)])).begin({
        ...scope,
        connection: id,
        codeVerifier: 'v',
      })
      await later(60)
      await forgetAbandoned(database.db)
      expect((await connections.list(scope)).map((each) => each.id)).toContain(id)
    })
  },
)

describe('sealing', () => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)]

  it('opens only where it belongs', () => {
    const sealed = createSealer([old]).seal(secret, 'a')
    expect(createSealer([old]).open(sealed, 'a')).toBe(secret)
    expect(() => createSealer([old]).open(sealed, 'b')).toThrow(/belongs elsewhere/)
    expect(() => createSealer([fresh]).open(sealed, 'a')).toThrow(/does not have/)
  })

  it('rotates: a new key seals, the old one still opens', () => {
    const sealed = createSealer([old]).seal(secret, 'a')
    const both = createSealer([fresh, old])
    expect(both.open(sealed, 'a')).toBe(secret)
    expect(both.seal(secret, 'a').split('.')[1]).not.toBe(sealed.split('.')[1])
  })
})
