import { load } from 'cheerio'
import { trimHtml } from './extract/trim.ts'

const hiddenStyle = new RegExp(
  String.raw`display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d])|` +
    String.raw`(?:left|top|right|bottom|text-indent)\s*:\s*-\d{3,}`,
  'i',
)
/** A rule for one class, e.g. ".hp { display: none }". */
const hiddenRule = /\.([\w-]{1,60})\s{0,5}\{([^{}]{0,300})\}/g
/** Style sheets longer than this are a shop system's, not a trap's. */
const MAX_CSS = 50_000
const address = /[^\s@<>()"']{1,64}@[a-z0-9][a-z0-9.-]{1,80}\.[a-z]{2,}/gi
/** A hidden tab or menu says more than an address; a trap says at most "do not write to". */
const MAX_WORDS = 40

/** The page's own style sheets. Found by index: a pattern would try every unclosed one to the end of the page. */
const styleSheets = (html: string): string[] => {
  const lower = html.toLowerCase()
  const found: string[] = []
  for (let start = lower.indexOf('<style'); start >= 0; start = lower.indexOf('<style', start + 6)) {
    const end = lower.indexOf('</style', start)
    if (end < 0) break
    found.push(html.slice(start, Math.min(end, start + MAX_CSS)))
    start = end
  }
  return found
}

/** Classes that a page's own style sheet hides at any width: what stands under @media is shown to somebody. */
const hiddenClasses = (html: string): Set<string> => {
  const found = new Set<string>()
  for (const css of styleSheets(html)) {
    for (const [, name = '', rule = ''] of (css.split('@media')[0] ?? '').matchAll(hiddenRule))
      if (hiddenStyle.test(rule)) found.add(name)
  }
  return found
}

/**
 * A page's HTML without the addresses that nobody sees and that are there to catch robots. Whoever writes to one is
 * listed as a spammer. Hidden tabs and menus stay, and so does everything where there is no trap.
 */
export const withoutTraps = (html: string): string => {
  const classes = hiddenClasses(html)
  if (classes.size === 0 && !hiddenStyle.test(html) && !/\shidden\b/i.test(html)) return html
  const $ = load(trimHtml(html))
  const hidden = $('[style], [hidden], [class]').filter((_, element) => {
    const { style = '', hidden: attribute, class: names = '' } = element.attribs
    return attribute !== undefined || hiddenStyle.test(style) || names.split(/\s+/).some((name) => classes.has(name))
  })
  const traps = hidden.filter((_, element) => {
    const text = $(element).text()
    const mail = $(element).is('a[href^="mailto:" i]') || $(element).find('a[href^="mailto:" i]').length > 0
    const words = text.replace(address, '').replace(/\s+/g, ' ').trim()
    return (mail || text.search(address) >= 0) && words.length <= MAX_WORDS
  })
  if (traps.length === 0) return html
  traps.remove()
  return $.html()
}
