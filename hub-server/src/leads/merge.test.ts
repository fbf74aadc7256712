import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { openLeads, type LeadStore } from './store.ts'

const flow = { source: 'flow', confidence: 0.8 }

/** Numbers that look like chance and are the same each time. */
const dice = (seed: number) => () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647

describe.each(testDatabases)('merging on $kind', ({ open }) => {
  const database = databaseForAll(open)
  let leads: LeadStore
  beforeAll(() => {
    leads = openLeads(database.db, { workspace: 'ws_1', mode: 'test' })
  })

  const stored = async (name: string, more: object = {}): Promise<string> =>
    (await leads.upsert({ email: `${name}@merge.example`, [`x.${name}`]: name, ...more }, flow)).lead.id
  const rows = async (subject: string) =>
    (
      await sql<{ rows: number }>`select count(*)::int as rows from observation where subject = ${subject}`.execute(
        database.db,
      )
    ).rows[0]?.rows

  it('is a pointer: all that was said stays where it is, and the view spans both', async () => {
    const [loser, winner] = [await stored('a1', { title: 'CTO' }), await stored('a2', { fullName: 'A Two' })]
    const merged = await leads.merge(loser, winner)
    expect(merged).toMatchObject({
      id: winner,
      title: 'CTO',
      fullName: 'A Two',
      custom: { 'x.a1': 'a1', 'x.a2': 'a2' },
    })
    expect([await rows(loser), await rows(winner)]).toEqual([1, 1])
    expect(await leads.get(loser)).toEqual(merged)
    expect(await leads.find({ email: 'a1@merge.example' })).toEqual(merged)
    expect((await leads.facts(loser)).map(({ field }) => field).sort()).toEqual([
      'email',
      'email',
      'fullName',
      'title',
      'x.a1',
      'x.a2',
    ])
  })

  it('is undone to exactly what both showed before, also where others had been merged before', async () => {
    const [one, two, three] = [
      await stored('b1', { title: 'CTO', city: 'Oslo' }),
      await stored('b2', { title: 'CEO' }),
      await stored('b3', { phone: '+12125550123' }),
    ]
    const seen = ({ updatedAt: _, ...lead }: Record<string, unknown>) => lead
    const [before1, before3] = [await leads.get(one), await leads.get(three)]
    const both = await leads.merge(one, two)
    await leads.merge(two, three)
    expect(await leads.unmerge(two)).toEqual({ ...both, updatedAt: expect.any(String) })
    expect(seen(await leads.get(three))).toEqual(seen(before3))
    expect((await leads.get(one)).id).toBe(two)
    expect(seen(await leads.unmerge(one))).toEqual(seen(before1))
    expect((await leads.find({ email: 'b1@merge.example' }))?.id).toBe(one)
    await expect(leads.unmerge(one)).rejects.toMatchObject({ kind: 'conflict' })
    await expect(leads.unmerge('lead_x')).rejects.toMatchObject({ kind: 'not_found' })
  })

  it('lets what comes by the loser’s address land at the winner', async () => {
    const [loser, winner] = [await stored('c1'), await stored('c2')]
    await leads.merge(loser, winner)
    expect(await leads.upsert({ email: 'c1@merge.example', city: 'Rome' }, flow)).toMatchObject({
      outcome: 'updated',
      lead: { id: winner, city: 'Rome' },
    })
    expect(await leads.upsert({ leadId: loser, state: 'Lazio' }, flow)).toMatchObject({
      lead: { id: winner, state: 'Lazio' },
    })
  })

  it('finds the links of both, and keeps each with whom it was made for', async () => {
    const [loser, winner] = [await stored('d1'), await stored('d2')]
    const link = (subject: string, record: string, base: Record<string, unknown> = {}) => ({
      subject,
      connection: 'crm',
      object: 'contact',
      record,
      base,
    })
    await leads.saveLinks([link(loser, 'r1')])
    await leads.merge(loser, winner)
    expect((await leads.linksOf([winner], 'crm', 'contact')).get(winner)).toMatchObject({ record: 'r1' })
    await leads.saveLinks([link(winner, 'r1', { title: 'CEO' })])
    expect((await leads.linksOf([loser], 'crm', 'contact')).get(loser)).toMatchObject({
      record: 'r1',
      base: { title: 'CEO' },
    })
    await leads.unmerge(loser)
    expect((await leads.linksOf([loser, winner], 'crm', 'contact')).keys().toArray()).toEqual([loser])
  })

  it('is told, by ids alone', async () => {
    const [loser, winner] = [await stored('e1'), await stored('e2')]
    await leads.merge(loser, winner)
    await leads.unmerge(loser)
    const told = await database.db
      .selectFrom('event')
      .select(['type', 'data'])
      .where('subject', '=', loser)
      .orderBy('ordinal')
      .execute()
    expect(told.slice(1)).toEqual([
      { type: 'lead.merged', data: { into: winner } },
      { type: 'lead.unmerged', data: { from: winner } },
    ])
  })

  it('both ways at once makes one of two, without a circle', async () => {
    for (let round = 0; round < 10; round++) {
      const [one, two] = [await stored(`f${round}a`), await stored(`f${round}b`)]
      const merged = await Promise.all([leads.merge(one, two), leads.merge(two, one), leads.merge(one, two)])
      expect(new Set(merged.map(({ id }) => id)).size).toBe(1)
      expect(await leads.get(one)).toMatchObject({
        custom: { [`x.f${round}a`]: expect.anything(), [`x.f${round}b`]: expect.anything() },
      })
    }
  })

  it('in a ring, while all are stored, leaves one with everything that was said', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `g${n}`)
    const ids = await Promise.all(names.map((name) => stored(name)))
    const next = (at: number): string => ids[(at + 1) % ids.length] ?? ''
    await Promise.all([
      ...ids.map((id, at) => leads.merge(id, next(at))),
      ...names.map((name, at) => leads.upsert({ email: `${name}@merge.example`, [`y.${name}`]: at }, flow)),
      ...names.map((name, at) =>
        leads.upsertAll(
          [
            { email: `${name}@merge.example`, [`z.${name}`]: at },
            { email: `${names[(at + 5) % names.length]}@merge.example`, [`w.${name}`]: at },
          ],
          flow,
        ),
      ),
    ])
    const [one, ...others] = await Promise.all(ids.map((id) => leads.get(id)))
    for (const other of others) expect(other).toEqual(one)
    expect(Object.keys(one?.custom ?? {}).length).toBe(names.length * 4)
  })

  it('loses nothing when many merge, split, delete and store the same people at once', async () => {
    const roll = dice(7)
    const names = Array.from({ length: 8 }, (_, n) => `h${n}`)
    const ids = await Promise.all(names.map((name) => stored(name)))
    const any = (): number => Math.floor(roll() * names.length)
    const refusal = (thrown: unknown): void =>
      expect(thrown).toMatchObject({ kind: expect.stringMatching(/^(conflict|not_found)$/) })
    const said: string[] = []
    const acts = Array.from({ length: 120 }, (_, n) => {
      const [a, b, what] = [any(), any(), roll()]
      if (what < 0.35) return leads.merge(ids[a] ?? '', ids[b] ?? '').catch(refusal)
      if (what < 0.5) return leads.unmerge(ids[a] ?? '').catch(refusal)
      said.push(`n${n}`)
      return leads.upsertAll(
        [{ email: `${names[a]}@merge.example`, [`s.n${n}`]: n }, { email: `${names[b]}@merge.example` }],
        flow,
      )
    })
    await Promise.all(acts)
    const found = await Promise.all(ids.map((id) => leads.get(id)))
    const seen = new Set(found.flatMap(({ custom = {} }) => Object.keys(custom)))
    expect(said.filter((name) => !seen.has(`s.${name}`))).toEqual([])
    for (const name of names) expect(seen).toContain(`x.${name}`)
  })
})

describe.each(testDatabases)('deleting on $kind', ({ open }) => {
  const database = databaseForAll(open)
  let leads: LeadStore
  beforeAll(() => {
    leads = openLeads(database.db, { workspace: 'ws_1', mode: 'test' })
  })

  it('takes everything of a lead and of those merged into it, and leaves the company', async () => {
    const { lead: loser } = await leads.upsert({ email: 'gone1@delete.example', fullName: 'Gone One' }, flow)
    const { lead: winner } = await leads.upsert(
      { email: 'gone2@delete.example', company: { domain: 'delete.example', name: 'Delete Ltd' } },
      flow,
    )
    const { lead: other } = await leads.upsert(
      { email: 'stays@delete.example', company: { domain: 'delete.example' } },
      flow,
    )
    await leads.saveLinks([
      { subject: loser.id, connection: 'c', object: 'contact', record: '1', base: { name: 'Gone One' } },
    ])
    await leads.merge(loser.id, winner.id)
    await leads.remove(loser.id)
    for (const id of [loser.id, winner.id]) await expect(leads.get(id)).rejects.toMatchObject({ kind: 'not_found' })
    for (const table of ['observation', 'identity', 'link'] as const) {
      const { rows } =
        await sql`select 1 from ${sql.table(table)} where subject in (${loser.id}, ${winner.id})`.execute(database.db)
      expect(rows, table).toEqual([])
    }
    expect(await leads.get(other.id)).toMatchObject({ company: { name: 'Delete Ltd' } })
    const told = await database.db
      .selectFrom('event')
      .select(['type', 'data'])
      .where('subject', '=', winner.id)
      .orderBy('ordinal')
      .execute()
    expect(told.at(-1)).toEqual({ type: 'lead.deleted', data: { merged: [loser.id] } })
    const { rows } = await sql<{ text: string }>`select data::text as text from event`.execute(database.db)
    expect(rows.filter(({ text }) => /Gone|@/.test(text))).toEqual([])
    expect(await leads.upsert({ email: 'gone1@delete.example' }, flow)).toMatchObject({ outcome: 'created' })
  })

  it('refuses what is no lead, and one of the other mode', async () => {
    const { lead } = await leads.upsert({ email: 'mine@delete.example', company: { domain: 'delete.example' } }, flow)
    const company = (await leads.companies(['delete.example'])).get('delete.example') ?? ''
    await expect(leads.remove(company)).rejects.toMatchObject({ kind: 'not_found' })
    await expect(leads.merge(company, lead.id)).rejects.toMatchObject({ kind: 'not_found' })
    await expect(openLeads(database.db, { workspace: 'ws_1', mode: 'live' }).remove(lead.id)).rejects.toMatchObject({
      kind: 'not_found',
    })
    expect(await leads.get(lead.id)).toMatchObject({ email: 'mine@delete.example' })
  })

  it('at once with storing leaves either the lead of before, told as deleted, or a new one', async () => {
    for (let round = 0; round < 10; round++) {
      const email = `race${round}@delete.example`
      const { lead } = await leads.upsert({ email, linkedin: `https://linkedin.com/in/race-${round}` }, flow)
      const [stored] = await Promise.all([
        leads.upsertAll(
          [
            { email, city: 'Oslo' },
            { linkedin: `https://linkedin.com/in/race-${round}`, city: 'Oslo' },
          ],
          flow,
        ),
        leads.remove(lead.id),
      ])
      await expect(leads.get(lead.id)).rejects.toMatchObject({ kind: 'not_found' })
      const survivor = await leads.find({ email })
      if (survivor) expect(stored.map(({ id }) => id)).toContain(survivor.id)
    }
  })
})
