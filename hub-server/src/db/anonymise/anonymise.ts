import { randomBytes } from 'node:crypto'
import type { Protection } from '../backup-encryption.ts'
import type { Line } from '../backup-lines.ts'
import { writeBackup, type tables } from '../backup.ts'
import type { CheckedBackup } from '../restore.ts'
import { createMadeUp, type MadeUp } from './made-up.ts'
import { factRule, rules, type Treatment } from './rules.ts'
import { treatments } from './treatments.ts'

type Row = Record<string, unknown>
type Columns = Readonly<Record<string, Treatment>>

/**
 * Writes a backup with made-up people in place of a real one's, and without its secrets. The key that ties the one to
 * the other is in memory alone, and gone when this ends.
 * @throws HubError as a backup does
 */
export const anonymise = async (checked: CheckedBackup, file: string, protection: Protection): Promise<void> => {
  const madeUp = createMadeUp(randomBytes(32))
  await writeBackup(
    file,
    protection,
    (lines: AsyncIterable<Line>) => madeUpLines(lines, madeUp),
    (work) => work(checked.lines()),
  )
}

async function* madeUpLines(lines: AsyncIterable<Line>, madeUp: MadeUp): AsyncGenerator<Line> {
  for await (const line of lines) {
    // Neither the keys in secret files nor the manifest, which is another's.
    if (typeof line.table !== 'string' || !isRow(line.row)) continue
    const columns = columnsOf(line.table)
    if (columns) yield { table: line.table, row: madeUpRow(madeUp, line.row, columns) }
  }
}

const isRow = (row: unknown): row is Row => typeof row === 'object' && row !== null

const isTable = (name: string): name is (typeof tables)[number] => Object.hasOwn(rules, name)

/** Undefined for a table that is left out. */
const columnsOf = (table: string): Columns | undefined => {
  if (table === 'fact') return factRule
  const rule = isTable(table) ? rules[table] : undefined
  return rule === undefined || 'leftOut' in rule ? undefined : rule
}

const madeUpRow = (madeUp: MadeUp, row: Row, columns: Columns): Row =>
  Object.fromEntries(
    // A column of an earlier version that is gone since may hold anything.
    Object.entries(row).map(([name, value]) => [name, treatments[columns[name] ?? 'form'](madeUp, value, row)]),
  )
