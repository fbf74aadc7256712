/**
 * How long a search of the stored leads takes, and what it takes to store them.
 *   node bench/leads.ts [--json] [--million]
 * 10,000 leads on PGlite, and with --million 1,000,000 on PostgreSQL, which takes some minutes to fill. A page has 50
 * leads with their companies; each search is made 20 times, and its median counts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from '../hub-server/node_modules/kysely/dist/index.js'
import { openDatabase, type Database } from '../hub-server/src/db/database.ts'
import { startServices } from '../hub-server/src/db/testing/services.ts'
import { openLeads, type LeadStore } from '../hub-server/src/leads/store.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { load, out, rounded, row, type Bound } from './shared/figures.ts'
import { memoryOf, timed } from './shared/processes.ts'

const scope = { workspace: 'ws_1', mode: 'live' as const }
const names = [
  'Anna',
  'Ben',
  'Cleo',
  'David',
  'Emma',
  'Finn',
  'Greta',
  'Hugo',
  'Ida',
  'Jonas',
  'Klara',
  'Leo',
  'Mia',
  'Noah',
  'Olga',
  'Paul',
  'Quinn',
  'Rosa',
  'Samu',
  'Tilda',
]
const families = [
  'Berg',
  'Klein',
  'Gross',
  'Lang',
  'Kurz',
  'Novak',
  'Rossi',
  'Silva',
  'Larsen',
  'Dubois',
  'Okafor',
  'Tanaka',
  'Kowalski',
  'Jansen',
  'Weber',
  'Moreau',
  'Costa',
  'Horvat',
  'Nilsson',
  'Murphy',
]
const titles = [
  'CEO',
  'Head of Sales',
  'Marketing Manager',
  'Software Engineer',
  'Accountant',
  'Buyer',
  'Plant Manager',
  'Recruiter',
]

const personAt = (n: number): Record<string, unknown> => {
  const [first, last] = [names[n % 20] ?? '', families[Math.floor(n / 20) % 20] ?? '']
  const company = n % Math.max(1, Math.floor(n / 8) + 1)
  return {
    email: `${first}.${last}.${n.toString(36)}@company${company}.example`.toLowerCase(),
    fullName: `${first} ${last}`,
    title: titles[n % 8],
    city: n % 5 === 0 ? 'Oslo' : 'Lisbon',
    company: { name: `Company ${company.toString(36)} Ltd`, domain: `company${company}.example` },
  }
}

/** Searches of every kind: what occurs often, seldom, never; several words; a beginning; an address; a later page. */
const searches = (total: number): [string, (leads: LeadStore, middle: string) => Promise<unknown>][] => {
  const some = personAt(Math.floor(total / 2))
  return [
    ['the first page, without a word', (leads) => leads.search('', 50)],
    ['a page from the middle', (leads, middle) => leads.search('', 50, middle)],
    ['a word of every fifth lead', (leads) => leads.search('oslo', 50)],
    ['two words that occur often', (leads) => leads.search('manager berg', 50)],
    ['a part of an address that occurs once', (leads) => leads.search(String(some.email).split('@')[0] ?? '', 50)],
    ['a word that does not occur', (leads) => leads.search('zanzibar', 50)],
    ['two words that never meet', (leads) => leads.search('anna ben', 50)],
    ['two letters that do not occur', (leads) => leads.search('xq', 50)],
    [
      'by an address, in another spelling',
      (leads) => leads.search('', 50, undefined, { email: `<${String(some.email).toUpperCase()}>` }),
    ],
  ]
}

/** Leads as upserts make them, but made by the database itself: storing a million takes an hour. */
const multiply = async ({ db }: Database, from: number, total: number): Promise<void> => {
  for (let made = from; made < total; made *= 2)
    await sql`insert into subject (workspace, mode, id, kind, fields, words)
      select workspace, mode, id || '_' || ${made}::text, kind,
        fields || jsonb_build_object('email', replace(fields ->> 'email', '@', ${`.x${made.toString(36)}@`})),
        replace(words, '@', ${`.x${made.toString(36)}@`})
      from subject where kind = 'lead' order by id limit ${Math.min(made, total - made)}`.execute(db)
  await sql`vacuum analyze subject`.execute(db)
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const measure = async (database: Database, total: number, bound: Bound): Promise<Record<string, number>> => {
  const leads = openLeads(database.db, scope)
  const stored = Math.min(total, 10_000)
  const items = Array.from({ length: stored }, (_, n) => personAt(n))
  const took = await timed(async () => {
    for (let at = 0; at < stored; at += 200)
      await leads.upsertAll(items.slice(at, at + 200), { source: 'import', confidence: 0.9 })
  })
  if (total > stored) await multiply(database, stored, total)
  out(row(`stored, leads a second (${database.kind})`, rounded((stored / took) * 1000), ''))
  const figures: Record<string, number> = { storedPerSecond: rounded((stored / took) * 1000) }
  const middle = (
    await database.db
      .selectFrom('subject')
      .select('id')
      .where('kind', '=', 'lead')
      .orderBy('id')
      .offset(Math.floor(total / 2))
      .limit(1)
      .executeTakeFirstOrThrow()
  ).id
  for (const [what, search] of searches(stored)) {
    const times: number[] = []
    const began = process.cpuUsage()
    for (let turn = 0; turn < 20; turn++) times.push(await timed(async () => void (await search(leads, middle))))
    const used = process.cpuUsage(began)
    figures[what] = rounded(median(times), 1)
    out(row(what, figures[what] ?? 0, 'ms', bound))
    // PGlite computes in this process: what it used says the same on a busy machine.
    figures[`${what}, CPU`] = rounded((used.user + used.system) / 20_000, 1)
    if (database.kind === 'embedded') out(row('  of which CPU of this process', figures[`${what}, CPU`] ?? 0, 'ms'))
  }
  return figures
}

const conditions: Conditions = {
  madeUp: [
    'the leads: 20 first names, 20 family names, 8 titles, each with an address and a company',
    'of the million, all but 10,000 are copies that the database makes itself, with addresses of their own',
  ],
  switchedOff: ['the API: the lead store is called in this process', 'Redis with bull, runs, vendors'],
  published: ['no vendor is asked'],
}
tellConditions(conditions)

const folder = mkdtempSync(join(tmpdir(), 'hub-bench-leads-'))
const figures: Record<string, unknown> = { conditions, load: load() }
try {
  out(`10,000 leads on PGlite (load before: ${load()})`)
  const embedded = await openDatabase({ folder })
  figures.embedded = await measure(embedded, 10_000, { most: 50 })
  out(row('memory of this process after it', rounded(memoryOf(process.pid)), 'MB'))
  await embedded.close()
  if (process.argv.includes('--million')) {
    const services = await startServices()
    if (!services.databaseUrl) throw new Error('This needs PostgreSQL: apt-get install postgresql.')
    out(`1,000,000 leads on PostgreSQL (load before: ${load()})`)
    const postgres = await openDatabase({ url: services.databaseUrl, folder })
    figures.postgres = await measure(postgres, 1_000_000, { most: 200 }).finally(() => postgres.close())
    await services.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (process.argv.includes('--json')) console.log(JSON.stringify(figures))
