/**
 * The connectors in figures: how much each can do, how it is proved, and how long its description is.
 *   node bench/connectors.ts [--json]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadConnectors, type Connector } from '../hub-server/src/connectors/index.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'
import { keeps, out, row } from './shared/figures.ts'
import { median } from './shared/processes.ts'

const { values } = parseArgs({ options: { json: { type: 'boolean' } } })
const bounds = { connectors: { least: 40 }, medianLines: { most: 120 }, longLines: { most: 0 } }
const widest = 120
const conditions: Conditions = {
  madeUp: ['nothing: the connectors are counted as they are shipped'],
  switchedOff: ['no vendor is asked; what proves a connector is its examples and what it was checked against'],
  published: ['limits and prices stand in each connector.yaml, with their page and day'],
}
/** A line that holds one address cannot be broken. */
const isTooWide = (line: string): boolean => line.length > widest && !/^\s*[\w-]+: https:\/\/\S+$/.test(line)

const linesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [])

const figuresOf = ({ id, folder, operations, manifest: { checked } }: Connector) => {
  const lines = linesOf(join(folder, 'connector.yaml'))
  return {
    id,
    operations: operations.size,
    examples: readdirSync(join(folder, 'examples')).filter((name) => name.endsWith('.json')).length,
    checkedAgainst: checked?.against ?? 'nothing',
    lines: lines.length,
    longLines: lines.filter(isTooWide).length,
    sandboxLines: linesOf(join(folder, 'sandbox.yaml')).length,
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const { connectors, problems } = await loadConnectors({
  builtIn: resolve(import.meta.dirname, '../hub-server/connectors'),
})
const each = [...connectors.values()].map(figuresOf).sort((a, b) => a.id.localeCompare(b.id))
const by = (key: 'operations' | 'examples' | 'lines' | 'longLines' | 'sandboxLines'): number[] =>
  each.map((one) => one[key])
const totals = {
  connectors: each.length,
  broken: problems.length,
  unproven: each.filter(({ checkedAgainst }) => checkedAgainst === 'nothing').length,
  operations: sum(by('operations')),
  examples: sum(by('examples')),
  medianLines: median(by('lines')),
  longLines: sum(by('longLines')),
  medianSandboxLines: median(by('sandboxLines')),
}

const columns = (first: string, others: readonly (string | number)[]): string =>
  first.padEnd(20) + others.map((other) => String(other).padStart(11)).join('')

tellConditions(conditions)
out(columns('connector', ['operations', 'examples', 'checked', 'lines', `over ${widest}`, 'sandbox']))
for (const { id, operations, examples, checkedAgainst, lines, longLines, sandboxLines } of each)
  out(columns(id, [operations, examples, checkedAgainst, lines, longLines, sandboxLines]))
out('')
out(row('connectors', totals.connectors, '', bounds.connectors))
out(row('  that cannot be read', totals.broken, '', { most: 0 }))
out(row('  Unproven', totals.unproven, ''))
out(row('operations', totals.operations, ''))
out(row('examples', totals.examples, ''))
out(row('lines of connector.yaml, median', totals.medianLines, '', bounds.medianLines))
out(row(`  over ${widest} columns (addresses apart), in all`, totals.longLines, '', bounds.longLines))
out(row('lines of sandbox.yaml, median', totals.medianSandboxLines, ''))
if (values.json) out(JSON.stringify({ conditions, ...totals, each, bounds }))
if (
  totals.broken > 0 ||
  !keeps(totals.connectors, bounds.connectors) ||
  !keeps(totals.medianLines, bounds.medianLines) ||
  !keeps(totals.longLines, bounds.longLines)
)
  process.exitCode = 1
