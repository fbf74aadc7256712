import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml'
import type { Path, Problem, Report } from './problem.ts'

/** A YAML file with the places of everything in it. */
export interface YamlFile {
  readonly value: unknown
  /** Mistakes of the YAML itself. */
  readonly problems: readonly Problem[]
  /** Adds a mistake at a place. */
  readonly reportTo: (problems: Problem[]) => Report
}

/** Mistakes of one file that are told; the others wait until these are corrected. */
const mostProblems = 20

/**
 * Reads YAML (1.2, without merge keys and custom tags); `file` is for the problems only. Names that stand in for one
 * another a million times over, or parts inside parts without end, are a mistake as any other.
 */
export const readYaml = (text: string, file: string): YamlFile => {
  const lines = new LineCounter()
  const placeOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const problems: Problem[] = []
  const read = readDocument(text, lines)
  if ('message' in read) {
    const tooMuch = {
      file,
      line: 1,
      column: 1,
      message: `This cannot be read: ${read.message}.`,
      instead: read.instead,
    }
    return { value: undefined, problems: [tooMuch], reportTo: () => () => undefined }
  }
  const { document, value } = read
  for (const { offset, message, instead } of read.mistakes.slice(0, mostProblems))
    problems.push({ file, ...placeOf(offset), message, instead })
  return {
    value,
    problems,
    reportTo: (found) => (path, message, instead, at) => {
      if (found.length < mostProblems)
        found.push({ file, ...placeOf(offsetOf(document, path, text, at)), message, instead })
    },
  }
}

interface Mistake {
  readonly offset: number
  readonly message: string
  readonly instead: string
}

type Read =
  | { readonly document: Document; readonly value: unknown; readonly mistakes: readonly Mistake[] }
  | { readonly message: string; readonly instead: string }

const readDocument = (text: string, lineCounter: LineCounter): Read => {
  try {
    // The library looks for a name's twin among all names before it: that is slow where there are many.
    const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false })
    // The library takes its own overflow for a mistake of the text.
    if (document.errors.some(({ message }) => message.includes('call stack'))) return tooDeep
    const malformed = document.errors.map(({ pos, message }) => ({
      offset: pos[0],
      message: `This is not YAML: ${message}`,
      instead: wellFormed,
    }))
    const mistakes = [...malformed, ...twinsIn(document), ...circlesIn(document)]
    return { document, mistakes, value: mistakes.length ? undefined : (document.toJS() as unknown) }
  } catch (thrown) {
    if (thrown instanceof RangeError) return tooDeep
    // https://eemeli.org/yaml/#tojs-options: "Excessive alias count".
    if (thrown instanceof ReferenceError)
      return {
        message: 'its names (&a, *a) stand for one another, or for too much',
        instead: 'Write out what they stand for.',
      }
    throw thrown
  }
}

const tooDeep = { message: 'its parts stand inside one another too deeply', instead: 'Write it flatter.' }

/** Parts inside parts: no connector has a tenth of it, and whatever reads them goes as deep. */
const deepest = 200

/** Parts that stand inside themselves, by a name for what is around it. @throws RangeError where parts are too deep */
const circlesIn = (document: Document): Mistake[] => {
  const found: Mistake[] = []
  const named = new Map<string, Node>()
  visit(document, {
    Node: (_key, node, path) => {
      if (path.length > deepest) throw new RangeError('too deep')
      if (!isAlias(node)) return void (node.anchor !== undefined && named.set(node.anchor, node))
      const meant = named.get(node.source)
      if (meant && path.includes(meant))
        found.push({
          offset: startOf(node),
          message: `*${node.source} stands inside itself.`,
          instead: 'Write out what it stands for.',
        })
    },
  })
  return found
}

const wellFormed =
  'Check the indentation, and put quotes around text that holds ": " or " #" or begins with a special character.'

/** Names that come twice in one map. */
const twinsIn = (document: Document): Mistake[] => {
  const found: Mistake[] = []
  const check = (_key: unknown, { items }: YAMLMap): void => {
    const names = new Set<unknown>()
    for (const { key } of items) {
      if (!isScalar(key)) continue
      if (names.has(key.value))
        found.push({
          offset: startOf(key),
          message: 'This is not YAML: Map keys must be unique',
          instead: 'Keep one of the two.',
        })
      names.add(key.value)
    }
  }
  visit(document, { Map: check })
  return found
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
