import { TextDecoder } from 'node:util'

const boms: { label: string; bytes: number[] }[] = [
  { label: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { label: 'utf-16be', bytes: [0xfe, 0xff] },
  { label: 'utf-16le', bytes: [0xff, 0xfe] },
]

const inHeader = /charset\s*=\s*(?:["']\s*)?([\w:.-]+)/i
const inMeta = /<meta[^>]*\scharset\s*=\s*(?:["']\s*)?([\w:.-]+)|<meta[^>]*;\s*charset\s*=\s*([\w:.-]+)/i
const inXml = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w:.-]+)/i

/** How far the page's own word is looked for. The standard says 1,024 bytes; real pages put it later. */
const PRESCAN = 4_096

const decoderFor = (label: string | undefined): TextDecoder | undefined => {
  if (!label) return undefined
  try {
    return new TextDecoder(label)
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined // an invented label is as good as none
    throw thrown
  }
}

/** By the HTML standard a page that says utf-16 in ASCII letters means utf-8. */
const own = (bytes: Uint8Array): string | undefined => {
  const head = Buffer.from(bytes.subarray(0, PRESCAN))
    .toString('latin1')
    .replace(/<!--[\s\S]*?-->/g, '')
  const meta = inMeta.exec(head)
  const label = inXml.exec(head)?.[1] ?? meta?.[1] ?? meta?.[2]
  return label && /^utf-?16/i.test(label) ? 'utf-8' : label
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

/** More broken letters than whole ones: the page says utf-8 and is not. */
const isNotUtf8 = (text: string): boolean => {
  const broken = count(text, /\uFFFD/g)
  return broken > 0 && broken > count(text, /[^\x00-\x7F\uFFFD]/g)
}

/**
 * A page's text: by its byte order mark, else the header's charset, else the page's own word, else utf-8, and
 * windows-1252 where it cannot be utf-8 (https://html.spec.whatwg.org/#determining-the-character-encoding).
 */
export const decodeHtml = (bytes: Uint8Array, contentType: string | undefined): { html: string; charset: string } => {
  const bom = boms.find((mark) => mark.bytes.every((byte, at) => bytes[at] === byte))
  const decoder =
    decoderFor(bom?.label) ??
    decoderFor(inHeader.exec(contentType ?? '')?.[1]) ??
    decoderFor(own(bytes)) ??
    new TextDecoder('utf-8')
  const html = decoder.decode(bytes)
  if (decoder.encoding !== 'utf-8' || bom || !isNotUtf8(html)) return { html, charset: decoder.encoding }
  const meant = decoderFor(own(bytes))
  const other = meant && meant.encoding !== 'utf-8' ? meant : new TextDecoder('windows-1252')
  return { html: other.decode(bytes), charset: other.encoding }
}
