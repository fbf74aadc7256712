import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { Path, Problem, Report } from './problem.ts'

/** A YAML file with the places of everything in it. */
export interface YamlFile {
  readonly value: unknown
  /** Mistakes of the YAML itself. */
  readonly problems: readonly Problem[]
  /** Adds a mistake at a place. */
  readonly reportTo: (problems: Problem[]) => Report
}

/** Reads YAML (1.2, without merge keys and custom tags); `file` is for the problems only. */
export const readYaml = (text: string, file: string): YamlFile => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const placeOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const problems = document.errors.map((error) => ({
    file,
    ...placeOf(error.pos[0]),
    message: `This is not YAML: ${error.message}`,
    instead: error.code === 'DUPLICATE_KEY' ? 'Keep one of the two.' : 'Check the indentation, and put quotes around text that holds ": " or " #" or begins with a special character.',
  }))
  return {
    value: problems.length ? undefined : (document.toJS() as unknown),
    problems,
    reportTo: (found) => (path, message, instead, at) => {
      found.push({ file, ...placeOf(offsetOf(document, path, text, at)), message, instead })
    },
  }
}

const offsetOf = (document: Document, path: Path, text: string, at?: { within?: number; key?: string }): number => {
  // Where the place itself is absent (a required key), its nearest holder.
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (!isNode(node)) continue
    if (at?.key !== undefined && length === path.length) return keyOffset(node, at.key) ?? startOf(node)
    return at?.within !== undefined && length === path.length ? withinOffset(node, at.within, text) : startOf(node)
  }
  return 0
}

const startOf = (node: Node): number => node.range?.[0] ?? 0

const keyOffset = (node: Node, key: string): number | undefined => {
  if (!isMap(node)) return undefined
  const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key)
  return pair && isNode(pair.key) ? startOf(pair.key) : undefined
}

/** The offset of a character of a scalar's text; exact for one-line scalars and for literal blocks. */
const withinOffset = (node: Node, within: number, text: string): number => {
  const start = startOf(node)
  if (!isScalar(node) || typeof node.value !== 'string') return start
  if (node.type === 'PLAIN') return start + within
  if (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE') return start + 1 + within
  const before = node.value.slice(0, within).split('\n')
  let line = text.indexOf('\n', start) + 1
  for (let skip = 1; skip < before.length; skip++) line = text.indexOf('\n', line) + 1
  const indent = /^ */.exec(text.slice(line))?.[0].length ?? 0
  const first = /^ */.exec(before.at(-1) ?? '')?.[0].length ?? 0
  return line + indent - first + (before.at(-1)?.length ?? 0)
}
