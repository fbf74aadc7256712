import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { backup, tables } from '../backup.ts'
import type { Db } from '../database.ts'
import { newId } from '../id.ts'
import { json } from '../json.ts'
import { makePartitions } from '../partitions.ts'
import { checkBackup, restore } from '../restore.ts'
import { databaseForAll } from '../testing/database-for.ts'
import { anyDatabase } from '../testing/databases.ts'
import { anonymise } from './anonymise.ts'
import { rules } from './rules.ts'

const passphrase = 'several words for a test'
/** In every text that may tell of somebody. */
const marker = 'Xanthippe'
const address = `${marker}.Quill@${marker}-works.com`
const day = new Date()
/** Runs lie by days, and say theirs. */
const run = newId('run')

interface Column {
  readonly name: string
  readonly type: string
  readonly identity: string
}

const columnsOf = async (db: Db, table: string): Promise<Column[]> => {
  const { rows } = await sql<Column>`select attname as name, format_type(atttypid, atttypmod) as type,
    attidentity as identity from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped
    order by attnum`.execute(db)
  return rows
}

/** What a person's row holds wherever people may write: names, addresses and numbers, deep and shallow. */
const form = {
  email: address,
  name: `${marker} Quill`,
  phone: '+49 170 5551234',
  status: 'done',
  linkedin: `https://www.linkedin.com/in/${marker}-quill?of=${marker}`,
  [`${marker}'s notes`]: [{ deep: `of ${marker}`, website: `https://www.${marker}-works.com/${marker}` }],
  account: 49170555123,
}

/** Texts that a check allows, or that tie tables together. */
const fixed: Readonly<Record<string, string>> = {
  workspace: 'ws_1',
  mode: 'live',
  kind: 'lead',
  state: 'done',
  way: 'one',
  status: 'done',
  login: 'login-id',
  run,
  subject: 'subject-id',
  job: 'vendor_job-id',
  role: 'owner',
  item: '0',
  lost_by: '',
}

const special: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  workspace: { id: 'ws_1' },
  run: { id: run, status: 'running', file: { type: 'csv', delimiter: ';', header: `E-Mail;${marker}` } },
  budget: { kind: 'day' },
  identity: { kind: 'email', value: address.toLowerCase() },
  login: { email: address },
  sending: { state: 'sent' },
  subject: { merged_into: null, words: ` ${marker.toLowerCase()} quill ${address.toLowerCase()}` },
  observation: { said: { email: [address, 0.9], title: [`Friend of ${marker}`, 0.5] } },
}

const keptTexts = ['id', 'connector', 'connection', 'operation', 'route', 'object', 'channel', 'block', 'ledger']

const valueOf = (table: string, { name, type }: Column): unknown => {
  const given = special[table]?.[name]
  if (given !== undefined) return given
  if (type === 'text') {
    if (name === 'id') return `${table}-id`
    const kept = rules[table as keyof typeof rules]
    if (fixed[name] !== undefined) return fixed[name]
    return keptTexts.includes(name) ||
      ('leftOut' in kept ? false : Object.entries(kept).some(([one, how]) => one === name && how === 'keep'))
      ? name
      : `${marker} ${table} ${name}`
  }
  if (/^jsonb?$/.test(type)) return name === 'said' ? {} : form
  if (type === 'boolean') return true
  if (type.startsWith('timestamp')) return day.toISOString()
  if (type === 'date') return '2026-11-30'
  return type.endsWith('[]') ? [] : 1
}

const isJsonList = ['scopes', 'networks', 'secret_names', 'permissions', 'limits']

const fill = async (db: Db): Promise<void> => {
  await db.transaction().execute((trx) => makePartitions(trx, day))
  for (const table of tables) {
    const columns = await columnsOf(db, table)
    const row = Object.fromEntries(
      columns.map((column) => [column.name, isJsonList.includes(column.name) ? [] : valueOf(table, column)]),
    )
    const names = sql.join(columns.map(({ name }) => sql.ref(name)))
    await sql`insert into ${sql.table(table)} (${names}) overriding system value select ${names}
      from json_populate_recordset(null::${sql.table(table)}, ${json([row])}::json)`.execute(db)
  }
}

type Line = { readonly table?: string; readonly row: Record<string, unknown> }

describe('an anonymised backup', () => {
  const database = databaseForAll(anyDatabase.open)
  let made: Promise<{ before: string; after: string; file: string }> | undefined

  const make = async () => {
    const { db, folder } = database
    await fill(db)
    writeFileSync(join(folder, 'keys.json'), `{"live":"${marker}"}`)
    writeFileSync(join(folder, 'sealing.key'), marker)
    const [real, open, file] = ['real', 'open', 'made-up'].map((name) => join(folder, name))
    if (!real || !open || !file) throw new Error('three names are three')
    await backup(db, { file: real, data: folder, protection: { passphrase } })
    await backup(db, { file: open, data: folder, protection: { nobody: true } })
    await anonymise(await checkBackup(real, { passphrase }), file, { nobody: true })
    const textOf = (path: string): string => gunzipSync(readFileSync(path)).toString()
    return { before: textOf(open), after: textOf(file), file }
  }
  const both = () => (made ??= make())
  const linesOf = (text: string): Line[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  const rowOf = (text: string, table: string) => linesOf(text).find((line) => line.table === table)?.row ?? {}
  const countsOf = (text: string) =>
    Object.fromEntries(tables.map((table) => [table, linesOf(text).filter((line) => line.table === table).length]))

  it('holds nothing of a person, and no secret, wherever it stood', async () => {
    const { before, after } = await both()
    expect(before.split(marker).length).toBeGreaterThan(60)
    const found = linesOf(after).filter((line) => new RegExp(`${marker}|quill|5551234`, 'i').test(json(line)))
    expect(found).toEqual([])
    expect(after).not.toContain('49170555123')
    expect(after).not.toContain('"secret"')
  })

  it('has as many rows of each table, but of those that are left out', async () => {
    const { before, after } = await both()
    const wanted = Object.entries(countsOf(before)).map(([table, count]) => [
      table,
      'leftOut' in rules[table as keyof typeof rules] ? 0 : count,
    ])
    expect(countsOf(after)).toEqual(Object.fromEntries(wanted))
    expect(Object.values(countsOf(before))).not.toContain(0)
  })

  it('ties together what was: ids, and equal values by equal ones', async () => {
    const { after } = await both()
    const identity = rowOf(after, 'identity')
    const { email, name, status, linkedin } = { ...Object(rowOf(after, 'subject')['fields']) }
    expect(identity['subject']).toBe(rowOf(after, 'subject')['id'])
    expect(identity['value']).toBe(email)
    expect(email).toMatch(/^[a-z]+\.[0-9a-f]+@[a-z]+-[0-9a-f]+\.example$/)
    expect(rowOf(after, 'login')['email']).toBe(email)
    expect(Object(rowOf(after, 'observation')['said'])['email']).toEqual([email, 0.9])
    expect(rowOf(after, 'subject')['words']).toContain(String(name).toLowerCase())
    expect(status).toBe('done')
    expect(linkedin).toMatch(/^https:\/\/www\.linkedin\.com\/in\/[a-z]+-[0-9a-f]+$/)
    expect(rowOf(after, 'run')['status']).toBe('paused')
  })

  it('restores into an empty hub', async () => {
    const { file } = await both()
    const empty = await anyDatabase.open()
    try {
      await restore(empty.db, await checkBackup(file, {}), empty.folder)
      const { rows } = await sql<{ email: string }>`select l.email from login l
        join identity i on i.value = l.email join subject s on s.id = i.subject`.execute(empty.db)
      expect(rows).toHaveLength(1)
    } finally {
      await empty.remove()
    }
  })
})
