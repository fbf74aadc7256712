import { parse } from 'tldts'
import type { LinkKind, PageLink } from './types.ts'
import { clean, type View } from './view.ts'
import { before } from '../../../contracts/text/trim.ts'

const MAX_LINKS = 200
const MAX_SEEN = 3_000

/** Words in a link's text or path, in English, German, Dutch, French, Spanish and Italian. */
const WORDS: [LinkKind, RegExp][] = [
  [
    'imprint',
    new RegExp(
      String.raw`(?<!\p{L})(?:imprint|impressum|legal[\-_ ]?(?:notice|disclosure)|site[\-_ ]?notice|colofon|` +
        String.raw`mentions[\-_ ]?l[ée]gales|aviso[\-_ ]?legal|note[\-_ ]?legali|anbieterkennzeichnung)(?!\p{L})`,
      'iu',
    ),
  ],
  [
    'contact',
    new RegExp(
      String.raw`(?<!\p{L})(?:contact(?:[\-_ ]?us)?|contacts|kontakt\w*|contacteer|contactez|contacto|` +
        String.raw`cont[áa]ctenos|contatt[io]|contattaci|get[\-_ ]?in[\-_ ]?touch|reach[\-_ ]?us|locations?|` +
        String.raw`find[\-_ ]?us|standorte?|anfahrt|vestigingen|nous[\-_ ]?trouver|dove[\-_ ]?siamo|` +
        String.raw`donde[\-_ ]?estamos|offices)(?!\p{L})`,
      'iu',
    ),
  ],
  [
    'team',
    new RegExp(
      String.raw`(?<!\p{L})(?:team|our[\-_ ]?team|staff|people|our[\-_ ]?people|leadership|management|board|` +
        String.raw`directors|executives?|who[\-_ ]?we[\-_ ]?are|ansprechpartner|mitarbeiter|gesch[äa]ftsf[üu]hrung|` +
        String.raw`vorstand|medewerkers|ons[\-_ ]?team|directie|[ée]quipe|notre[\-_ ]?[ée]quipe|direction|equipo|` +
        String.raw`nuestro[\-_ ]?equipo|squadra|il[\-_ ]?team|chi[\-_ ]?lavora|partners|attorneys|doctors|` +
        String.raw`founders?)(?!\p{L})`,
      'iu',
    ),
  ],
  [
    'about',
    new RegExp(
      String.raw`(?<!\p{L})(?:about(?:[\-_ ]?us)?|company|our[\-_ ]?story|history|profile|[üu]ber[\-_ ]?uns|` +
        String.raw`ueber[\-_ ]?uns|wir[\-_ ]?[üu]ber[\-_ ]?uns|unternehmen|firma|over[\-_ ]?ons|` +
        String.raw`wie[\-_ ]?zijn[\-_ ]?wij|[àa][\-_ ]?propos|qui[\-_ ]?sommes[\-_ ]?nous|entreprise|soci[ée]t[ée]|` +
        String.raw`quienes[\-_ ]?somos|qui[ée]nes[\-_ ]?somos|sobre[\-_ ]?nosotros|empresa|nosotros|` +
        String.raw`chi[\-_ ]?siamo|azienda)(?!\p{L})`,
      'iu',
    ),
  ],
]
const NOT_A_PAGE =
  /\.(?:pdf|jpe?g|png|gif|svg|webp|zip|docx?|xlsx?|pptx?|mp[34]|avi|mov|css|js|xml|rss|ics|vcf|exe|dmg)$/i
const DEAD_END = new RegExp(
  String.raw`\b(?:login|logout|sign[-_]?in|register|cart|basket|checkout|wishlist|password|my[-_]?account|` +
    String.raw`wp-admin|privacy|cookies?|terms|datenschutz|agb)\b`,
  'i',
)

/** Same-site links worth following, those most likely to name people and numbers first. */
export function findLinks(view: View): PageLink[] {
  const found = new Map<string, PageLink>()
  const site = siteOf(view.url.hostname)
  const base = baseOf(view)
  let left = MAX_SEEN
  view.$('a[href], area[href]').each((_, link) => {
    if (left-- <= 0) return false
    const href = (view.$(link).attr('href') ?? '').trim()
    if (!href || href.startsWith('#') || href.length > 2_000 || !URL.canParse(href, base.href)) return
    const url = new URL(href, base)
    url.hash = ''
    if (!/^https?:$/.test(url.protocol) || siteOf(url.hostname) !== site || NOT_A_PAGE.test(url.pathname)) return
    if (url.href === before(view.url.href, '#')) return
    const words = clean(
      `${view.$(link).text()} ${view.$(link).attr('title') ?? ''} ${view.$(link).find('img').attr('alt') ?? ''}`,
    ).slice(0, 120)
    const kind = kindOf(words, url)
    const known = found.get(url.href)
    if (!known && (kind !== 'other' || !DEAD_END.test(url.pathname))) found.set(url.href, { url: url.href, kind })
    else if (known?.kind === 'other') known.kind = kind
    return
  })
  const order: LinkKind[] = ['contact', 'imprint', 'team', 'about', 'other']
  return [...found.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).slice(0, MAX_LINKS)
}

function kindOf(words: string, url: URL): LinkKind {
  // A headline that mentions a team is not a team's page: only short link texts count.
  if (words.length <= 40) for (const [kind, pattern] of WORDS) if (pattern.test(words)) return kind
  const last = url.pathname
    .split('/')
    .filter(Boolean)
    .slice(-2)
    .join(' ')
    .replace(/\.\w{2,5}$/, '')
  if (last.length <= 40) for (const [kind, pattern] of WORDS) if (pattern.test(last)) return kind
  return 'other'
}

const siteOf = (host: string): string => parse(host).domain ?? host

function baseOf(view: View): URL {
  const href = view.$('base[href]').attr('href') ?? ''
  return href && URL.canParse(href, view.url.href) ? new URL(href, view.url) : view.url
}
