import { parse } from 'tldts'
import { templateDomain, templateLabel, templateMailbox } from '../../../contracts/addresses/nobodys.ts'
import { withoutEnd, withoutStart } from '../../../contracts/text/trim.ts'

/** Addresses of a desk rather than a person, in the languages the hub reads (RFC 2142's names among them). */
const ROLES = new Set(
  (
    'info information contact contacts hello hi mail email office admin administration sales support help helpdesk ' +
    'service services ' +
    'customerservice customercare customer care enquiries enquiry inquiries inquiry team press media marketing pr ' +
    'jobs job careers career hr ' +
    'recruiting recruitment bewerbung karriere billing accounts accounting accountspayable finance invoice invoices ' +
    'orders order shop store returns ' +
    'reservations reservation booking bookings events webmaster postmaster hostmaster abuse noc security privacy ' +
    'legal dmca datenschutz dpo gdpr ' +
    'noreply no-reply feedback general reception frontdesk parts repair repairs membership members partners partner ' +
    'newsletter ' +
    'kontakt anfrage buchhaltung vertrieb verkauf einkauf zentrale empfang verwaltung redaktion presse ' +
    'klantenservice verkoop administratie receptie boekhouding ' +
    'accueil bonjour commercial secretariat direction comptabilite ' +
    'contacto ventas informacion atencion reservas hola administracion ' +
    'contatti informazioni vendite segreteria amministrazione commerciale prenotazioni ufficio'
  ).split(' '),
)

/** Domains that only ever appear in code and error trackers. */
const MACHINE_DOMAIN = new RegExp(
  String.raw`(?:^|\.)(?:sentry\.io|wixpress\.com|sentry-cdn\.com|wix\.com|godaddy\.com|domain\.com|` +
    String.raw`website\.com|company\.com|email\.com|test\.com)$`,
  'i',
)
/** Endings of files that are also, or look like, top-level domains. */
const FILE = /\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|css|js|mjs|json|map|php|html?|zip|mov|woff2?|ttf|pdf)$/i
/** What people put into an address for robots to trip over. */
const NOSPAM = new RegExp(
  String.raw`[._-]?(?:no[._-]?spam|NO-?SPAM(?:PLEASE)?|REMOVE[._-]?(?:THIS|ME|SPAM)?|DELETE[._-]?(?:THIS|ME)|` +
    String.raw`SPAM-?(?:FREE|BLOCK|NOT))[._-]?`,
)

/** True for info@, sales@, kontakt@ and the like. */
export function isRole(email: string): boolean {
  const local = email.slice(0, email.indexOf('@'))
  return ROLES.has(local) || ROLES.has(local.replace(/[._-]/g, '')) || ROLES.has(local.split(/[._+-]/)[0] ?? '')
}

/** Top-level names for tests and examples (RFC 2606), which the sandbox's population lives on. */
const RESERVED = /\.(?:example|test)$/i

/**
 * Gives an address its usual form, or null for what only looks like one.
 * @param local the part before the @, as written
 * @param domain the part after, as written; text glued behind the top-level domain is cut off
 */
export function toEmail(local: string, domain: string): string | null {
  let name = withoutEnd(withoutStart(stripNospam(local, ''), /[.'_+-]/), /[.'+-]/).replace(
    /^(?:u003[ce]|mailto:|%20|x22|x27|3d)/i,
    '',
  )
  const host = trueDomain(stripNospam(domain, '.'))
  if (!host || name.length > 64 || name.length === 0 || name.includes('..')) return null
  name = name.toLowerCase()
  if (FILE.test(host) || MACHINE_DOMAIN.test(host) || templateDomain.test(host)) return null
  // Identifiers of trackers: 32 hexadecimal digits and the like.
  if (/^[0-9a-f]{24,}$/.test(name)) return null
  const label = host.split('.').at(-2) ?? ''
  if (
    templateMailbox.test(name) &&
    (templateLabel.test(label) || /^(?:your|example|john|jane)/.test(name)) &&
    !RESERVED.test(host)
  )
    return null
  if (/^(?:your|example)(?:domain|company|site|mail|website|business|-)/.test(label)) return null
  return `${name}@${host}`
}

function stripNospam(part: string, glue: string): string {
  const found = NOSPAM.exec(part)
  if (!found) return part
  const before = part.slice(0, found.index)
  const after = part.slice(found.index + found[0].length)
  // "nospam@acme.example" is somebody's whole mailbox, and "nospam.example" a domain: nothing is left to strip to.
  if (!before && !after) return part
  if (glue && !(before + after).includes('.')) return part
  return before && after ? before + glue + after : before + after
}

/** Lower-cases a domain and drops text that ran on behind a known ending: "acme.comPhone" is acme.com. */
function trueDomain(written: string): string | null {
  const labels = withoutEnd(written, /[.-]/).split('.')
  while (labels.length >= 2) {
    const host = labels.join('.').toLowerCase()
    if (RESERVED.test(host)) return host
    const parsed = parse(host, { allowPrivateDomains: false })
    if (parsed.isIcann && parsed.domain && !parsed.isIp) return host
    const last = labels.at(-1) ?? ''
    const glued =
      /^([a-z]{2,})(?=[A-Z0-9-])/.exec(last)?.[1] ?? /^(com|net|org|edu|gov|info|biz)(?=[a-z])/i.exec(last)?.[1]
    if (glued && glued.length < last.length) labels[labels.length - 1] = glued
    else labels.pop()
  }
  return null
}
