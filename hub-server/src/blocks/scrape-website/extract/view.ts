import { load, type CheerioAPI } from 'cheerio/slim'
import { trimHtml } from './trim.ts'

/** One line as a reader sees it: the text between two breaks. */
export interface Line {
  text: string
  /** 1–6 inside h1–h6, 0 elsewhere */
  heading: number
  /** wholly bold or strong */
  bold: boolean
  zone: 'main' | 'nav' | 'footer'
  /** addresses linked by mailto: and profile links inside this line */
  hrefs: string[]
  /** counts block elements: lines with close numbers stand in the same card */
  block: number
}

/** A page, parsed once, that every finder reads. */
export interface View {
  $: CheerioAPI
  url: URL
  title: string
  lines: Line[]
}

const BLOCK = new Set([
  'address',
  'article',
  'aside',
  'blockquote',
  'body',
  'center',
  'dd',
  'details',
  'dialog',
  'dir',
  'div',
  'dl',
  'dt',
  'fieldset',
  'figcaption',
  'figure',
  'footer',
  'form',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'hr',
  'html',
  'legend',
  'li',
  'main',
  'menu',
  'nav',
  'ol',
  'p',
  'pre',
  'section',
  'summary',
  'table',
  'tbody',
  'td',
  'tfoot',
  'th',
  'thead',
  'tr',
  'ul',
  'br',
  'option',
  'button',
])
const UNSEEN = new Set(['head', 'script', 'style', 'noscript', 'template', 'title', 'select', 'textarea'])
const HIDDEN = /display\s*:\s*none|visibility\s*:\s*hidden/i
/**
 * Hidden blocks are tabs and accordions that a click opens, and are read. A hidden piece of a sentence is there to trip
 * robots:
 * <span style="display:none">nospam</span>.
 */
const PIECES = new Set([
  'span',
  'b',
  'i',
  'em',
  'strong',
  'font',
  'small',
  'u',
  's',
  'tt',
  'bdo',
  'code',
  'del',
  'ins',
  'sub',
  'sup',
  'var',
])
const REVERSED = /bidi-override/i
const RTL = /direction\s*:\s*rtl/i
const MAX_LINE = 4_000
/**
 * Invisible characters that break words apart or glue them: soft hyphen, zero-width, byte order mark, direction marks.
 */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g

/** Spaces of all kinds made one, invisible characters dropped, the fullwidth @ made plain. */
export function clean(text: string): string {
  return text
    .replace(INVISIBLE, '')
    .replace(/[\ufe6b\uff20]/g, '@')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim()
}

/**
 * Parses a page and lays it out in lines.
 * @param page the address it came from and its HTML
 * @throws TypeError when `url` is not an absolute address
 */
export function viewPage(page: { url: string; html: string }): View {
  const url = new URL(page.url)
  // One root: css-select compares all top-level nodes with one another, which a page without <html> may have 40,000 of.
  const $ = load(`<x-page>${trimHtml(page.html)}</x-page>`)
  return { $, url, title: clean($('title').first().text()), lines: layOut($) }
}

/** What of the parser's nodes is read here, so that the parser need not be a dependency of ours. */
export interface Node {
  type: string
  data?: string
  name?: string
  attribs?: Record<string, string>
  children?: Node[]
  parent?: Node | null
}

function layOut($: CheerioAPI): Line[] {
  const lines: Line[] = []
  let parts: string[] = []
  let plain = false
  let bold = false
  let hrefs: string[] = []
  let block = 0

  function flush(state: State): void {
    const text = clean(parts.join(''))
    if (text || hrefs.length) {
      lines.push({
        text: text.slice(0, MAX_LINE),
        heading: state.heading,
        bold: bold && !plain,
        zone: state.zone,
        hrefs,
        block,
      })
    }
    parts = []
    hrefs = []
    plain = false
    bold = false
  }

  // Depth is bounded by trimHtml, so plain recursion is safe.
  function walk(node: Node, state: State): void {
    if (node.type === 'text') {
      const data = node.data ?? ''
      if (!data) return
      parts.push(state.reversed ? [...data].reverse().join('') : data)
      if (data.trim()) {
        if (state.bold) bold = true
        else plain = true
      }
      return
    }
    const name = node.name
    if (!name) {
      for (const child of node.children ?? []) walk(child, state)
      return
    }
    const attribs = node.attribs ?? {}
    if (UNSEEN.has(name)) return
    if (PIECES.has(name) && ('hidden' in attribs || HIDDEN.test(attribs['style'] ?? ''))) return
    const block_ = BLOCK.has(name)
    if (block_) {
      flush(state)
      block++
    }
    const href = name === 'a' ? attribs['href'] : undefined
    if (href) hrefs.push(href)
    // Two linked addresses side by side are two, whatever stands between the tags.
    const apart = href !== undefined && /^\s*(?:mailto|tel):/i.test(href)
    if (apart) parts.push(' ')
    const protectedMail = attribs['data-cfemail']
    if (protectedMail) {
      parts.push(decodeCloudflare(protectedMail))
      return
    }
    const inner = enter(state, name, attribs)
    for (const child of node.children ?? []) walk(child, inner)
    if (apart) parts.push(' ')
    if (block_) {
      flush(inner)
      block++
    }
  }
  const start: State = { heading: 0, bold: false, reversed: false, zone: 'main' }
  for (const node of $.root().contents().get() as Node[]) walk(node, start)
  flush(start)
  return lines
}

interface State {
  heading: number
  bold: boolean
  reversed: boolean
  zone: Line['zone']
}

function enter(state: State, name: string, attribs: Record<string, string>): State {
  const heading = /^h[1-6]$/.test(name) ? Number(name[1]) : state.heading
  const bold = state.bold || name === 'b' || name === 'strong' || heading > 0
  const style = attribs['style'] ?? ''
  const reversed =
    state.reversed || (REVERSED.test(style) && RTL.test(style)) || (name === 'bdo' && attribs['dir'] === 'rtl')
  const label = `${attribs['id'] ?? ''} ${attribs['class'] ?? ''}`
  let zone = state.zone
  if (name === 'footer' || /\bfoot(er)?\b/i.test(label)) zone = 'footer'
  else if (name === 'nav' || /\bnav(igation|bar)?\b/i.test(label)) zone = 'nav'
  return heading === state.heading && bold === state.bold && reversed === state.reversed && zone === state.zone
    ? state
    : { heading, bold, reversed, zone }
}

/**
 * Cloudflare's e-mail protection: hexadecimal pairs, the first of which is XORed with all the others.
 * An undecodable string gives an empty one.
 */
export function decodeCloudflare(hex: string): string {
  if (!/^(?:[0-9a-f]{2}){3,200}$/i.test(hex)) return ''
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  const key = bytes[0] ?? 0
  return Buffer.from(bytes.subarray(1).map((byte) => byte ^ key)).toString('utf8')
}
