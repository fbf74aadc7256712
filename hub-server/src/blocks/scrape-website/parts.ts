/** How much of a page is looked through: what leads elsewhere stands near its top. */
const MAX_CHARS = 300_000
/** A page with more text than this is a page, whatever its script does afterwards. */
const MAX_SPLASH_TEXT = 400

const refresh = /<meta\s[^>]{0,300}http-equiv\s{0,5}=\s{0,5}["']?refresh[^>]{0,500}>/i
const refreshTarget = /content\s{0,5}=\s{0,5}(?:"([^"]{0,2000})"|'([^']{0,2000})')/i
const refreshUrl = /^(\d{0,5})[\d.]*\s*[;,]\s*(?:url\s*=\s*)?["']?([^"'\s]+)/i
const frames =
  /<(frame|iframe)\s[^>]{0,500}?\bsrc\s{0,5}=\s{0,5}(?:"([^"]{1,2000})"|'([^']{1,2000})'|([^\s>"']{1,2000}))/gi
const scriptMove = new RegExp(
  String.raw`\blocation(?:\.href)?\s{0,5}=\s{0,5}["']([^"'\s]{1,2000})["']|\blocation\.(?:replace|` +
    String.raw`assign)\(\s{0,5}["']([^"'\s]{1,2000})["']`,
  'i',
)

export interface Part {
  readonly url: string
  /**
   * A frame within the page may only be the page's own if it comes from the same site; the others stand in its place.
   */
  readonly inPlace: boolean
}

const absolute = (text: string | undefined, base: string): string | undefined => {
  const decoded = text?.replaceAll('&amp;', '&').trim()
  if (!decoded || !URL.canParse(decoded, base)) return undefined
  const url = new URL(decoded, base)
  url.hash = ''
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined
}

const visibleLength = (html: string): number =>
  html
    .slice(0, 60_000)
    .replace(/<(script|style|noscript)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<[^<>]*>/g, '')
    .replace(/\s+/g, ' ').length

/**
 * Where the rest of a page is: its frames, and the page that it sends a browser on to by meta refresh (within ten
 * seconds) or, when it holds nearly no text, by script. Absolute addresses, the page's own left out.
 */
export const partsOf = (page: { url: string; html: string }): Part[] => {
  const html = page.html.slice(0, MAX_CHARS)
  const found = new Map<string, Part>()
  const add = (text: string | undefined, inPlace: boolean) => {
    const url = absolute(text, page.url)
    if (url && url !== page.url && !found.has(url)) found.set(url, { url, inPlace })
  }
  const content = refreshTarget.exec(refresh.exec(html)?.[0] ?? '')
  const [, seconds, target] =
    refreshUrl.exec((content?.[1] ?? content?.[2] ?? '').trim().replaceAll('&quot;', '"').replaceAll('&#39;', "'")) ??
    []
  if (target && Number(seconds) <= 10) add(target, true)
  for (const [, tag, double, single, none] of html.matchAll(frames))
    add(double ?? single ?? none, tag?.toLowerCase() === 'frame')
  const moved = scriptMove.exec(html)
  if (moved && visibleLength(html) <= MAX_SPLASH_TEXT) add(moved[1] ?? moved[2], true)
  return [...found.values()]
}
