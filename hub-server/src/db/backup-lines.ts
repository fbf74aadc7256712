import { createHash, type Hash } from 'node:crypto'
import { HubError } from '../contracts/errors.ts'

/** Format 1 has no manifest; its backups are restored as ever. */
export const format = 2
const oldest = 1

/** What a line of a backup may hold. */
export interface Line {
  readonly secret?: unknown
  readonly text?: unknown
  readonly table?: unknown
  readonly row?: unknown
  /** The last line's. */
  readonly manifest?: unknown
}

interface Part {
  readonly lines: number
  /** Over the lines, each with its line feed. */
  readonly sha256: string
}

/** By `secret <name>` and `table <name>`. */
type Manifest = Readonly<Record<string, Part>>

const partOf = ({ secret, table }: Line): string => {
  if (typeof secret === 'string') return `secret ${secret}`
  return typeof table === 'string' ? `table ${table}` : 'other'
}

/** Counts and hashes what goes by. */
const createCount = () => {
  const parts = new Map<string, { lines: number; hash: Hash }>()
  return {
    add: (line: Line, text: string): void => {
      const name = partOf(line)
      const part = parts.get(name) ?? { lines: 0, hash: createHash('sha256') }
      parts.set(name, part)
      part.lines++
      part.hash.update(`${text}\n`)
    },
    manifest: (): Manifest =>
      Object.fromEntries([...parts].map(([name, { lines, hash }]) => [name, { lines, sha256: hash.digest('hex') }])),
  }
}

/** The lines of a backup as its file has them: format, what is given, and last how much of what there was. */
export async function* withManifest(
  lines: AsyncIterable<Line>,
  textOf: (line: Line) => string,
): AsyncGenerator<string> {
  const count = createCount()
  yield `${JSON.stringify({ format, madeAt: new Date().toISOString() })}\n`
  for await (const line of lines) {
    const text = textOf(line)
    count.add(line, text)
    yield `${text}\n`
  }
  yield `${JSON.stringify({ manifest: count.manifest() })}\n`
}

/**
 * The lines behind the first; the last is the manifest, which a backup of format 1 has not.
 * @throws HubError invalid_input where something is missing, was changed, or came in addition; at the end, so whoever
 * acts on the lines reads all of them once before
 */
export async function* checkedLines(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const count = createCount()
  let found: unknown
  let manifest: unknown
  for await (const text of textLines(bytes)) {
    const parsed = parse(file, text)
    if (found === undefined) {
      found = parsed.format
      if (!isKnown(found)) throw notWhole(file, `its format ${String(found)} is not known to this version`)
    } else if (manifest !== undefined) throw notWhole(file, 'something stands behind its end')
    else if (parsed.manifest === undefined) {
      count.add(parsed, text)
      yield parsed
    } else manifest = parsed.manifest
  }
  if (found === undefined) throw notWhole(file, 'it is empty')
  if (found === oldest) return
  const problem = manifest === undefined ? 'its end is missing' : differenceOf(manifest, count.manifest())
  if (problem) throw notWhole(file, problem)
  yield { manifest }
}

const isKnown = (found: unknown): boolean => found === format || found === oldest

const differenceOf = (wanted: unknown, there: Manifest): string | undefined => {
  if (typeof wanted !== 'object' || wanted === null) return 'its manifest cannot be read'
  const said = new Map<string, unknown>(Object.entries(wanted))
  for (const name of new Set([...said.keys(), ...Object.keys(there)])) {
    const [before, now] = [readPart(said.get(name)), there[name] ?? { lines: 0, sha256: '' }]
    if (before.lines !== now.lines)
      return `of “${name}” it has ${now.lines} lines, and it was made with ${before.lines}`
    if (before.sha256 !== now.sha256) return `“${name}” is not as it was when it was made`
  }
  return undefined
}

const readPart = (part: unknown): Part =>
  typeof part === 'object' && part !== null && 'lines' in part && 'sha256' in part
    ? { lines: Number(part.lines), sha256: String(part.sha256) }
    : { lines: 0, sha256: '' }

const parse = (file: string, text: string): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed }
  } catch (cause) {
    throw notWhole(file, 'a line of it cannot be read', cause)
  }
  throw notWhole(file, 'a line of it cannot be read')
}

export const notWhole = (file: string, what: string, cause?: unknown): HubError =>
  new HubError('invalid_input', `${file} is not a whole backup: ${what}. Nothing was changed.`, {
    advice: 'Take another copy of it, or an earlier backup.',
    cause,
  })

/** By line feeds alone: readline also parts at U+2028, which a name may hold. */
async function* textLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let pieces: string[] = []
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true })
    let from = 0
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      pieces.push(text.slice(from, at))
      yield pieces.join('')
      pieces = []
      from = at + 1
    }
    pieces.push(text.slice(from))
  }
  const rest = pieces.join('')
  if (rest !== '') yield rest
}
