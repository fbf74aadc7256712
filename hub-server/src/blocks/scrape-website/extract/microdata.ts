import type { CheerioAPI } from 'cheerio/slim'
import { addValue, localName, type Item } from './items.ts'
import { clean, type Node } from './view.ts'

const MAX_ITEMS = 5_000

/** Where each attribute's element keeps its value (WHATWG HTML, 5.2.4 "Values"). */
const ADDRESS_ATTRIBUTE: Record<string, string> = {
  a: 'href',
  area: 'href',
  link: 'href',
  img: 'src',
  audio: 'src',
  embed: 'src',
  iframe: 'src',
  source: 'src',
  track: 'src',
  video: 'src',
  object: 'data',
}

/**
 * The things described by a page's microdata (itemscope, itemprop) and RDFa (vocab, typeof, property), as one tree:
 * both nest by the markup, so one walk reads both. Things that are nobody's property stand at the top.
 */
export function readMicrodata($: CheerioAPI): Item[] {
  const roots: Item[] = []
  let left = MAX_ITEMS

  // Depth is bounded by trimHtml.
  function walk(node: Node, owner: Item | null): void {
    const attribs = node.attribs
    let inner = owner
    if (attribs && node.name) {
      const names = (attribs['itemprop'] ?? property(attribs)).split(/\s+/).filter(Boolean).map(localName)
      const scoped = 'itemscope' in attribs || Boolean(attribs['typeof'])
      if (scoped && left-- > 0) {
        const item: Item = {
          types: (attribs['itemtype'] ?? attribs['typeof'] ?? '').split(/\s+/).filter(Boolean).map(localName),
          props: new Map(),
          source: 'microdata',
        }
        if (names.length && owner) for (const name of names) addValue(owner, name, item)
        else roots.push(item)
        inner = item
        // A name for a thing that is only an element with text: <span itemprop="member" itemscope>Name</span>.
        const href = attribs['href'] ?? attribs['resource']
        if (href) addValue(item, 'url', href)
      } else if (owner && names.length) {
        for (const name of names) addValue(owner, name, valueOf(node, attribs))
      }
    }
    for (const child of node.children ?? []) walk(child, inner)
  }
  for (const node of $.root().contents().get() as Node[]) walk(node, null)
  return roots
}

/** RDFa's property; Open Graph's "og:title" and its like belong to the page, not to a thing on it. */
function property(attribs: Record<string, string>): string {
  const value = attribs['property'] ?? ''
  return /^(?:og|fb|twitter|article|profile|business|place|al|dc|dcterms):/i.test(value) ? '' : value
}

function valueOf(node: Node, attribs: Record<string, string>): string {
  if (attribs['content'] !== undefined) return clean(attribs['content'])
  const attribute = ADDRESS_ATTRIBUTE[node.name ?? '']
  if (attribute && attribs[attribute] !== undefined) return clean(attribs[attribute])
  if (node.name === 'time' && attribs['datetime']) return attribs['datetime']
  return clean(text(node)).slice(0, 5_000)
}

function text(node: Node): string {
  if (node.type === 'text') return node.data ?? ''
  const inner = (node.children ?? []).map(text).join('')
  return node.name === 'br' || node.name === 'p' || node.name === 'div' || node.name === 'li' ? `${inner}\n` : inner
}
