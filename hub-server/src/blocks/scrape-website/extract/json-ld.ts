import type { CheerioAPI } from 'cheerio/slim'
import { addValue, localName, type Item, type Value } from './items.ts'
import { clean } from './view.ts'

const MAX_DEPTH = 24
const MAX_ITEMS = 2_000
const MAX_SCRIPT = 1_000_000

/** The things described by a page's JSON-LD, top level and @graph alike; references by @id are joined up. */
export function readJsonLd($: CheerioAPI): Item[] {
  const roots: Item[] = []
  const byId = new Map<string, Item>()
  const count = { left: MAX_ITEMS }
  $('script[type*="ld+json" i]').each((_, script) => {
    const parsed = parseTolerantly($(script).text().slice(0, MAX_SCRIPT))
    for (const node of topLevel(parsed)) {
      const item = toItem(node, 0, byId, count)
      if (item) roots.push(item)
    }
  })
  for (const item of roots) join(item, byId, 0)
  return roots
}

function topLevel(parsed: unknown): unknown[] {
  const nodes = Array.isArray(parsed) ? parsed : [parsed]
  return nodes.flatMap((node) =>
    isRecord(node) && Array.isArray(node['@graph']) ? [...node['@graph'], ...('@type' in node ? [node] : [])] : [node],
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function toItem(node: unknown, depth: number, byId: Map<string, Item>, count: { left: number }): Item | null {
  if (!isRecord(node) || depth > MAX_DEPTH || count.left-- <= 0) return null
  const item: Item = { types: strings(node['@type']).map(localName), props: new Map(), source: 'json-ld' }
  const id = node['@id']
  if (typeof id === 'string') item.id = id
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith('@')) continue
    for (const one of Array.isArray(value) ? value.slice(0, 500) : [value]) {
      const read = toValue(one, depth, byId, count)
      if (read !== null) addValue(item, localName(key), read)
    }
  }
  const known = item.id ? byId.get(item.id) : undefined
  if (item.id && (!known || known.props.size < item.props.size)) byId.set(item.id, item)
  return item
}

function toValue(value: unknown, depth: number, byId: Map<string, Item>, count: { left: number }): Value | null {
  if (typeof value === 'string') return plainText(value)
  if (typeof value === 'number') return String(value)
  if (isRecord(value) && '@value' in value) return String(value['@value'])
  return toItem(value, depth + 1, byId, count)
}

/** Values are text, but shops and blogs put entities and markup in them. */
function plainText(text: string): string {
  return clean(
    text
      .slice(0, 20_000)
      .replace(/<[^<>]{0,500}>/g, ' ')
      .replace(/&amp;/g, '&')
      .replace(/&#0?39;|&apos;|&rsquo;|&#8217;/g, '\u2019')
      .replace(/&quot;/g, '"')
      .replace(/&nbsp;/g, ' '),
  )
}

const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')

function join(item: Item, byId: ReadonlyMap<string, Item>, depth: number): void {
  if (depth > MAX_DEPTH) return
  for (const [name, values] of item.props) {
    item.props.set(
      name,
      values.map((value) => {
        if (typeof value === 'string') return value
        const target = value.id && value.props.size === 0 ? byId.get(value.id) : undefined
        if (!target) join(value, byId, depth + 1)
        return target && target !== item ? target : value
      }),
    )
  }
}

/**
 * JSON as it is found on pages: with comments, trailing commas, raw line breaks inside strings, CDATA wrappers, a
 * semicolon at the end, or several documents in a row. What stays unreadable gives an empty list: a page's broken
 * block is not an error of ours.
 */
export function parseTolerantly(source: string): unknown {
  const text = source
    .trim()
    .replace(/^(?:(?:\/\/|\/\*)\s*)?(?:<!\[CDATA\[|<!--)\s*(?:\*\/)?/, '')
    .replace(/(?:(?:\/\/|\/\*)\s*)?(?:\]\]>|-->)(?:\s*\*\/)?$/, '')
    .trim()
    .replace(/;$/, '')
  const direct = tryParse(text)
  if (direct.ok) return direct.value
  const repaired = repair(text)
  const second = tryParse(repaired)
  if (second.ok) return second.value
  const several = tryParse(`[${repaired.replace(/\}\s*\{/g, '},{')}]`)
  return several.ok ? several.value : []
}

function tryParse(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return { ok: false }
    throw error
  }
}

/** One pass over the text that knows whether it stands inside a string. */
function repair(text: string): string {
  const out: string[] = []
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (inString) {
      if (char === '\\') {
        const next = text[++at] ?? ''
        out.push(/["\\/bfnrtu]/.test(next) ? char + next : next)
      } else if (char === '"') {
        inString = false
        out.push(char)
      } else if (char < ' ') out.push(char === '\t' || char === '\n' ? ' ' : '')
      else out.push(char)
    } else if (char === '"') {
      inString = true
      out.push(char)
    } else if (char === '/' && text[at + 1] === '*') {
      const close = text.indexOf('*/', at)
      at = close < 0 ? text.length : close + 1
    } else if (char === '/' && text[at + 1] === '/') {
      const close = text.indexOf('\n', at)
      at = close < 0 ? text.length : close
    } else if (char === ',') {
      let next = at + 1
      while (next < text.length && next - at < 200 && /[\s,]/.test(text[next] ?? '')) next++
      if (!/[}\]]/.test(text[next] ?? '}')) out.push(char)
      at = next - 1
    } else out.push(char)
  }
  return out.join('')
}
