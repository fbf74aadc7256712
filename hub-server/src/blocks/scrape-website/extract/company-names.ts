import { withoutEnd, withoutStart } from '../../../contracts/text/trim.ts'

/** The endings by which a name is a registered company's, in the countries of the hub's languages. */
export const LEGAL_FORM = new RegExp(
  String.raw`(?:\b(?:Inc|Incorporated|L\.?L\.?C|L\.?L\.?P|Ltd|Limited|Corp|Corporation|PLC|plc|Pty\.? Ltd|` +
    String.raw`Pvt\.? Ltd|GmbH(?: & Co\.? KG)?|mbH|AG|KG(?= |$)|OHG|UG(?: \(haftungsbeschränkt\))?|e\.? ?K|` +
    String.raw`e\.? ?V|B\.?V|N\.V|V\.?O\.?F|S\.?A\.?R\.?L|SARL|SAS|S\.?A\.?S|S\.?L\.?U?|S\.?p\.?A|S\.?r\.?l|Oy|` +
    String.raw`AB|ApS|A\/S)\b\.?(?![\p{L}]))`,
  'u',
)
const ENDING = new RegExp(
  `(?<![,\\s])[,\\s]+(?:${LEGAL_FORM.source}|(?:INC|LTD|LIMITED|CORP|GMBH|Co|Company|LP)\\b\\.?)+$`,
  'u',
)

/** Words and phrases that stand where a company's name often stands. */
const GENERIC = new RegExp(
  '^(?:' +
    [
      'home(?: ?page)?',
      'contact(?: us| info(?:rmation)?| details| form| page)?',
      'contacts',
      'about(?: us)?',
      'welcome',
      'index',
      'untitled(?: document)?',
      'page',
      'all rights reserved',
      'location(?:s| & hours| and directions)?',
      '(?:our |the )?(?:team|services|products|company|location|locations|offices|office|' +
        'address|headquarters|history|mission|story|blog|staff|website|site)',
      'news',
      'faqs?',
      'privacy(?: policy)?',
      'terms.*',
      'search',
      'menu',
      'login',
      'sitemap',
      'site map',
      'careers?',
      'jobs',
      'support',
      'help',
      '(?:corporate|main|head|mailing|sales|customer|general|postal|physical|business|registered|' +
        'visit|write|call|email|find|follow|reach|get|our|my) ?' +
        '(?:office|offices|address|service|information|info|inquiries|support|us|headquarters|in touch|location)?',
      'us',
      'google(?: maps?| plus)?',
      'facebook',
      'twitter',
      'linkedin',
      'youtube',
      'view larger map',
      'banner',
      'statement',
      '[\\p{L} ]*jquery[\\p{L} ]*',
      'free .*',
      'impressum',
      'kontakt',
      'startseite',
      'accueil',
      'contactez-nous',
      'mentions légales',
      'inicio',
      'contacto',
      'contatti',
      'chi siamo',
      'over ons',
      'über uns',
      'logo',
      'wordpress',
      'just another wordpress site',
      'directions',
      'hours',
      'phone',
      'fax',
      'copyright',
      'reserved',
      'the',
      'by',
      'and',
      'inc',
      'llc',
      'ltd',
      'customer care',
      'how to (?:find|reach|contact) us',
      'map',
      'online',
      'shop',
      'store',
      'back',
      'next',
      'more',
      'mail',
      'telephone',
    ].join('|') +
    ')$',
  'iu',
)

/** True for "Contact us", "Home" and the like. */
export function isGeneric(name: string): boolean {
  return (
    name.length < 2 ||
    name.length > 70 ||
    GENERIC.test(name) ||
    !/\p{L}{2}/u.test(name) ||
    name.split(' ').length > 9 ||
    /^(?:https?:|www\.)|@|[{}<>]|\?$/.test(name)
  )
}

/** Takes off quotes, marks and furniture around a name. */
export function cleanName(text: string): string {
  const named = text
    .replace(/[®™℠\ufffd©]/g, '')
    .replace(/(?<=[a-z])(?:SM|TM)$/, '')
    .replace(/^[\s"'“”‘’|,:;.–-]*(?:s )?(?:(?:19|20)\d\d[\s,–-]*)+(?=\p{L})/u, '')
    .replace(/(?<![\s,–-])[\s,–-]+(?:(?:19|20)\d\d[\s,.–-]*)+\w?$/u, '')
    .replace(/^a division of /i, '')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
  return withoutEnd(withoutStart(named, /[\s"'“”‘|,:;–-]/), /[\s"“”|,:;–-]/)
    .replace(/^(?:by|the official (?:site|website) of|official (?:site|website) of|welcome to|contact) /i, '')
    .replace(/ (?:official (?:site|website|store)|home ?page|website)$/i, '')
    .replace(/(?<!\b(?:Inc|Co|Corp|Ltd|L\.L\.C|U\.S|S\.A|B\.V|N\.V))\.$/i, '')
    .trim()
}

export const hasLegalForm = (name: string): boolean => LEGAL_FORM.test(name) || ENDING.test(name)

/** A name for comparing: no legal form, no article, letters and digits only. */
export function fold(name: string): string {
  let plain = name.replace(/^the /i, '').replace(/&/g, ' and ')
  for (let times = 0; times < 2; times++) plain = plain.replace(ENDING, '')
  return plain.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/**
 * How far two names mean one company: 1 the same, 0.6 one begins the other, 0.4 one contains the other, 0 otherwise.
 */
export function agreement(a: string, b: string): number {
  const [first, second] = [fold(a), fold(b)]
  if (!first || !second) return 0
  if (first === second) return 1
  const [short, long] = first.length < second.length ? [first, second] : [second, first]
  if (short.length < 4) return 0
  if (long.startsWith(short)) return 0.6
  return long.includes(short) ? 0.4 : 0
}
