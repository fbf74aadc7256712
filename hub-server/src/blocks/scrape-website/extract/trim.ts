/**
 * The limits that keep any page cheap. Real contact pages of the yardstick hold at most 350 kB and 6,000 tags;
 * browsers stop nesting at 512 levels (Blink's kMaximumHTMLParserDOMTreeDepth).
 */
const MAX_CHARS = 3_000_000
const MAX_TAGS = 40_000
const MAX_DEPTH = 256

/** Elements whose content is not markup, or is never shown. */
const OPAQUE = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'textarea',
  'xmp',
  'iframe',
  'noframes',
  'noembed',
  'svg',
  'math',
  'object',
  'canvas',
  'select',
])
const VOID = new Set([
  'area',
  'base',
  'basefont',
  'br',
  'col',
  'embed',
  'frame',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'param',
  'source',
  'track',
  'wbr',
])
/** A second one of these closes the first: the usual unclosed lists and paragraphs are not nesting. */
const CLOSES_ITSELF = new Set(['p', 'li', 'td', 'th', 'tr', 'dd', 'dt', 'option'])
/** Scripts worth keeping: data for machines, and short ones that write an address into the page. */
const LD_JSON = /\btype\s*=\s*(?:["']\s*)?application\/ld\+json/i
const WRITES = /document\s*\.\s*write|innerHTML|mailto/i
const MAX_WRITING_SCRIPT = 4_000

/** Reads a tag's name at `at`; an empty string if no letter stands there. */
function nameAt(html: string, at: number): string {
  let end = at
  while (end < html.length && end - at < 40) {
    const code = html.charCodeAt(end) | 32
    const digit = html.charCodeAt(end)
    if ((code >= 97 && code <= 122) || (end > at && ((digit >= 48 && digit <= 58) || digit === 45))) end++
    else break
  }
  return html.slice(at, end).toLowerCase()
}

/** The index just past a tag's ">", quotes respected; -1 when the tag never ends. */
function tagEnd(html: string, from: number): number {
  const plain = html.indexOf('>', from)
  if (plain < 0) return -1
  let at = from
  let quote = 0
  let afterEquals = false
  // A stray quote must not swallow the page: past this many characters the first ">" is the end.
  const limit = Math.min(html.length, from + 20_000)
  for (; at < limit; at++) {
    const code = html.charCodeAt(at)
    if (quote) {
      if (code === quote) quote = 0
    } else if ((code === 34 || code === 39) && afterEquals) quote = code
    else if (code === 62) return at + 1
    if (code > 32) afterEquals = code === 61
  }
  return plain + 1
}

/**
 * Cuts a page down to what can be parsed in bounded time and memory: no comments, styles or code, at most
 * 3 million characters, 40,000 tags and 256 levels. Text is kept, whatever becomes of the tags around it.
 */
export function trimHtml(html: string): string {
  const out: string[] = []
  const open: string[] = []
  const missing = new Set<string>()
  const end = Math.min(html.length, MAX_CHARS)
  let beyond = 0
  let tags = 0
  let at = 0
  while (at < end && tags < MAX_TAGS) {
    const less = html.indexOf('<', at)
    if (less < 0 || less >= end) break
    if (less > at) out.push(html.slice(at, less))
    const next = html.charCodeAt(less + 1)
    if (next === 33 || next === 63) {
      // <!-- -->, <!doctype>, <?xml ?>
      const comment = html.startsWith('<!--', less)
      const close = comment ? html.indexOf('-->', less + 2) : html.indexOf('>', less)
      if (close < 0) return out.join('')
      at = close + (comment ? 3 : 1)
      continue
    }
    const closing = next === 47
    const name = nameAt(html, less + (closing ? 2 : 1))
    if (!name) {
      // "a < b" is text
      out.push('&lt;')
      at = less + 1
      continue
    }
    const after = tagEnd(html, less + 1 + name.length)
    if (after < 0) return out.join('')
    at = after
    tags++
    const tag = html.slice(less, after)
    if (closing) {
      if (name === 'br') out.push('<br>')
      if (beyond > 0) {
        beyond--
        continue
      }
      const level = open.lastIndexOf(name)
      if (level < 0) continue
      open.length = level
      out.push(`</${name}>`)
      continue
    }
    if (OPAQUE.has(name)) {
      if (tag.endsWith('/>') && name !== 'script') continue
      const closer = missing.has(name) ? null : nextCloser(html, name, after)
      if (!closer) {
        missing.add(name)
        continue
      }
      at = closer.after
      if (name === 'script') {
        const ld = LD_JSON.test(tag)
        const short = closer.at - after <= MAX_WRITING_SCRIPT
        const body = ld || short ? html.slice(after, closer.at) : ''
        if (ld || (short && WRITES.test(body))) out.push(tag, body, '</script>')
      } else out.push(' ')
      continue
    }
    if (VOID.has(name)) {
      out.push(tag)
      continue
    }
    if (tag.endsWith('/>')) {
      out.push(tag, `</${name}>`)
      continue
    }
    if (CLOSES_ITSELF.has(name) && open.at(-1) === name) open.pop()
    if (open.length >= MAX_DEPTH) {
      beyond++
      out.push(' ')
      continue
    }
    open.push(name)
    out.push(tag)
  }
  if (tags < MAX_TAGS) out.push(html.slice(at, end))
  return out.join('')
}

function nextCloser(html: string, name: string, from: number): { at: number; after: number } | null {
  const closer = new RegExp(`</${name}`, 'gi')
  closer.lastIndex = from
  const found = closer.exec(html)
  if (!found) return null
  const greater = html.indexOf('>', found.index)
  return { at: found.index, after: greater < 0 ? html.length : greater + 1 }
}
