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
export const mostProblems = 20

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
    problems.push({ file, ...placeOf(offset), message: readable(message), instead: readable(instead) })
  return {
    value,
    problems,
    reportTo: (found) => (path, message, instead, at) => {
      if (found.length < mostProblems)
        found.push({
          file,
          ...placeOf(offsetOf(document, path, text, at)),
          message: readable(message),
          instead: readable(instead),
        })
    },
  }
}

/** What a file says stands in messages: not the whole of it, and nothing that would steer a terminal. */
const readable = (text: string): string => {
  const plain = text.slice(0, 600).replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
  return plain.length > 400 ? `${plain.slice(0, 399)}…` : plain
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
    // By YAML 1.2's core schema, whatever a %YAML line says: no dates, sets or merge keys come out of it.
    const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false, schema: 'core' })
    // The library takes its own overflow for a mistake of the text.
    if (document.errors.some(({ message }) => message.includes('call stack'))) return tooDeep
    const malformed = document.errors.map(({ pos, message }) => ({
      offset: pos[0],
      message: `This is not YAML: ${message}`,
      instead: wellFormed,
    }))
    const mistakes = [...malformed, ...namesIn(document), ...partsIn(document)]
    if (mistakes.length > 0) return { document, mistakes, value: undefined }
    const value: unknown = document.toJS({ maxAliasCount: mostUses })
    return isTooMuch(value) ? tooMuch : { document, mistakes, value }
  } catch (thrown) {
    if (thrown instanceof RangeError) return tooDeep
    // Too many, or as https://eemeli.org/yaml/#tojs-options says: "Excessive alias count".
    if (thrown instanceof ReferenceError)
      return {
        message: 'its names (&a, *a) stand for one another, or for too much',
        instead: 'Write out what they stand for.',
      }
    throw thrown
  }
}

/** Of a thing that is named (&a), with each use of it (*a) those within it count. */
const mostUses = 100
/**
 * The library looks through all parts for what a name stands for, for each use of each thing that the name is in: at
 * worst the square of the uses, times the parts. Those of ours need a third of it.
 */
const mostLooks = 10_000_000
/** So many parts there may be, those that are named again counted again. */
const mostParts = 20_000

const tooMuch = {
  message: `it holds more than ${mostParts} parts, with all that its names (*a) stand for`,
  instead: 'Describe one service in a file, and write out less.',
}
const tooDeep = { message: 'its parts stand inside one another too deeply', instead: 'Write it flatter.' }

/** Parts inside parts: no connector has a tenth of it, and whatever reads them goes as deep. */
const deepest = 200

/**
 * Tags, and parts that stand inside themselves by a name for what is around them.
 * @throws RangeError where parts are too deep
 */
const partsIn = (document: Document): Mistake[] => {
  const found: Mistake[] = []
  const named = new Map<string, Node>()
  let [aliases, parts] = [0, 0]
  visit(document, {
    Node: (_key, node, path) => {
      if (path.length > deepest) throw new RangeError('too deep')
      parts++
      if (isAlias(node)) aliases++
      if (!isAlias(node)) {
        if (node.anchor !== undefined) named.set(node.anchor, node)
        if (node.tag !== undefined)
          found.push({
            offset: startOf(node),
            message: `The tag ${node.tag} is not read.`,
            instead: 'Write the value without it, in quotes where it is text.',
          })
        return
      }
      const meant = named.get(node.source)
      if (!meant)
        found.push({
          offset: startOf(node),
          message: `*${node.source} stands for nothing: there is no &${node.source} before it.`,
          instead: 'Write out what it stands for, or put text that begins with * in quotes.',
        })
      else if (path.includes(meant))
        found.push({
          offset: startOf(node),
          message: `*${node.source} stands inside itself.`,
          instead: 'Write out what it stands for.',
        })
    },
  })
  if (aliases * aliases * parts > mostLooks) throw new ReferenceError('too many aliases')
  return found
}

/** Whether a value has too many parts, those that are named again counted again: whatever reads it goes through all. */
const isTooMuch = (value: unknown): boolean => {
  const open: unknown[] = [value]
  for (let count = 0; open.length > 0; count++) {
    if (count > mostParts) return true
    const part = open.pop()
    if (typeof part === 'object' && part !== null) for (const inner of Object.values(part)) open.push(inner)
  }
  return false
}

const wellFormed =
  'Check the indentation, and put quotes around text that holds ": " or " #" or begins with a special character.'

/** Names that come twice in one map, and those that cannot be names. */
const namesIn = (document: Document): Mistake[] => {
  const found: Mistake[] = []
  const check = (_key: unknown, { items }: YAMLMap): void => {
    const names = new Set<string>()
    for (const { key } of items) {
      const wrong = wrongWithName(key, names)
      if (wrong) found.push({ offset: isNode(key) ? startOf(key) : 0, ...wrong })
      if (isScalar(key)) names.add(String(key.value))
    }
  }
  visit(document, { Map: check })
  return found
}

const longestName = 200

const wrongWithName = (key: unknown, before: ReadonlySet<string>): Omit<Mistake, 'offset'> | null => {
  // What *a stands for may be a list.
  if (!isScalar(key)) return { message: 'A name is a word here, no list, map or *name.', instead: 'Write the word.' }
  const name = String(key.value)
  if (before.has(name)) return { message: 'This is not YAML: Map keys must be unique', instead: 'Keep one of the two.' }
  if (name.length > longestName)
    return { message: `This name is longer than ${longestName} characters.`, instead: 'Take a shorter one.' }
  if (name === '<<') return { message: 'Merge keys (<<) are not read.', instead: 'Write out what it stands for.' }
  if (name === '__proto__') return { message: 'Nothing may be called __proto__.', instead: 'Take another name.' }
  return null
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
