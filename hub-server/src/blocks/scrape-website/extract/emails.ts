import { isRole } from './email-rules.ts'
import { addressesInScript, plainAddresses, unmask } from './email-disguise.ts'
import type { EmailFact, FactSource } from './types.ts'
import { clean, decodeCloudflare, type View } from './view.ts'

/**
 * Every e-mail address a reader of the page could use: written out, disguised, or behind a mailto: link.
 * An address found in the text keeps that as its source even when it is linked too.
 * @param structured addresses the page's JSON-LD or microdata gives
 */
export function findEmails(view: View, structured: readonly { value: string; source: FactSource }[]): EmailFact[] {
  const found = new Map<string, EmailFact>()
  function add(value: string | null, source: FactSource): void {
    if (value && !found.has(value)) found.set(value, { value, source, role: isRole(value) })
  }
  for (const line of view.lines) for (const email of emailsIn(line.text)) add(email, 'text')
  view.$('script').each((_, script) => {
    if (/json/i.test(view.$(script).attr('type') ?? '')) return
    for (const email of addressesInScript(view.$(script).text())) add(email, 'text')
  })
  view.$('a[href], area[href]').each((_, link) => {
    for (const email of mailtoAddresses(view.$(link).attr('href') ?? '')) add(email, 'mailto')
  })
  for (const { value, source } of structured) {
    for (const email of emailsIn(value)) add(email, source)
  }
  return [...found.values()]
}

/** The addresses in a piece of visible text, in the order they stand, disguised ones after plain ones. */
export function emailsIn(text: string): string[] {
  const out = new Set<string>()
  if (text.includes('@')) for (const email of plainAddresses(text)) out.add(email)
  const unmasked = unmask(text)
  if (unmasked !== text) for (const email of plainAddresses(unmasked)) out.add(email)
  return [...out]
}

/** The addresses a mailto: link would write to; none for any other link. */
export function mailtoAddresses(href: string): string[] {
  const guarded = /\/email-protection#([0-9a-f]{6,400})$/i.exec(href)?.[1]
  if (guarded) return emailsIn(decodeCloudflare(guarded))
  const target = /^\s*mailto:(?:\/\/)?([^?]{1,2000})/i.exec(href)?.[1]
  if (!target) return []
  return decode(target)
    .split(/[,;\s]+/)
    .flatMap((part) => emailsIn(clean(part)))
}

/** Percent decoding that leaves a malformed sequence as it stands: links on real pages have stray percent signs. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'))
}
