import type { CountryCode } from 'libphonenumber-js/max'
import { emailsIn, mailtoAddresses } from './emails.ts'
import { isGivenName } from './given-names.ts'
import { hasHonorific, isTitle, personName } from './people-words.ts'
import { phoneCandidates } from './phone-candidates.ts'
import { readOne } from './phones.ts'
import type { PersonFact } from './types.ts'
import { clean, type Line, type View } from './view.ts'
import { withoutEnd, withoutStart } from '../../../contracts/text/trim.ts'

const MAX_PEOPLE = 300
const REACH = 7

/**
 * People named on the page with what they do and how to reach them. A name counts only next to a job title, in an hCard
 * or in structured data: a capitalised pair of words alone is not a person.
 * @param countries whose numbering plans to try for a person's number
 * @param structured people from JSON-LD, microdata and RDFa
 */
export function findPeople(
  view: View,
  countries: readonly CountryCode[],
  structured: readonly PersonFact[],
): PersonFact[] {
  const found = new Map<string, PersonFact>()
  function add(person: PersonFact): void {
    const key = person.name.toLowerCase().replace(/[^\p{L}]/gu, '')
    const known = found.get(key)
    if (known) found.set(key, { ...person, ...known })
    else if (found.size < MAX_PEOPLE) found.set(key, person)
  }
  for (const person of structured) {
    const phone = person.phone ? readOne(person.phone, countries, 'phone')?.number : undefined
    const { phone: _written, ...rest } = person
    add({ ...rest, ...(phone ? { phone } : {}) })
  }
  for (const person of hCards(view, countries)) add(person)
  for (const person of cards(view.lines, countries)) add(person)
  return [...found.values()]
}

/** hCard and h-card (microformats.org): class names say what is what. */
function* hCards(view: View, countries: readonly CountryCode[]): Generator<PersonFact> {
  const { $ } = view
  for (const card of $('.vcard, .h-card').get().slice(0, MAX_PEOPLE)) {
    const text = (selector: string): string => clean($(card).find(selector).first().text())
    const given = text('.fn, .p-name')
    const link = $(card).find('a[href^="mailto:" i]').first().attr('href')
    const email = (link ? mailtoAddresses(link)[0] : undefined) ?? emailsIn(text('.email, .u-email'))[0]
    // Marked as a name, with an address that bears it: then "General Beer" is one, whatever its words mean.
    const name =
      personName(given) ??
      (ownAddress(email, given) && /^\p{Lu}\S+(?: \p{L}\S*){1,3}$/u.test(given) ? given : undefined)
    if (!name || text('.org, .p-org') === name || $(card).find('.fn.org').length) continue
    const title = text('.title, .role, .p-job-title, .p-role')
    const phone = readOne(text('.tel, .p-tel'), countries, 'phone')?.number
    // Comment and blog authors are marked up as vcards too: a name alone says nothing.
    if (!title && !email && !phone) continue
    yield {
      name,
      ...(title && title.length <= 90 ? { title } : {}),
      ...(email ? { email } : {}),
      ...(phone ? { phone } : {}),
      source: 'hcard',
    }
  }
}

interface Sighting {
  name: string
  title: string
  line: number
  last: number
}

function* cards(lines: readonly Line[], countries: readonly CountryCode[]): Generator<PersonFact> {
  const sightings = sight(lines)
  for (const [index, { name, title, line, last }] of sightings.entries()) {
    const until = Math.min(last + REACH, sightings[index + 1]?.line ?? lines.length, nextName(lines, last + 1))
    const reach = reachIn(lines.slice(line, Math.max(until, last + 1)), name, countries)
    // "Water Line Repair" above "Drain Technician" is a menu. A given name, a doctorate or an own address makes it a
    // person.
    if (
      !isGivenName(name.split(' ')[0] ?? '') &&
      !hasHonorific(lines[line]?.text ?? '') &&
      !reach.linkedin &&
      !ownAddress(reach.email, name)
    )
      continue
    yield { name, title, ...reach, source: 'text' }
  }
}

/** True when a mailbox bears a piece of the name: "j.doe@", "jane@". */
function ownAddress(email: string | undefined, name: string): boolean {
  const mailbox = email?.split('@')[0] ?? ''
  return name
    .toLowerCase()
    .split(' ')
    .some((word) => word.length > 2 && mailbox.includes(word))
}

/** The line of the next name, title or not: what comes after it is not this person's. */
function nextName(lines: readonly Line[], from: number): number {
  for (let at = from; at < Math.min(from + REACH, lines.length); at++) {
    const text = lines[at]?.text ?? ''
    if ((lines[at]?.heading ?? 0) > 0 || personName(text)) return at
  }
  return from + REACH
}

function sight(lines: readonly Line[]): Sighting[] {
  const below: Sighting[] = []
  const above: Sighting[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]
    if (!line || line.zone === 'nav' || line.text.length > 120) continue
    const inline = onOneLine(line.text)
    if (inline) {
      below.push({ ...inline, line: at, last: at })
      continue
    }
    const name = personName(line.text)
    if (!name) continue
    const next = nextText(lines, at)
    if (next > 0 && isTitle(lines[next]?.text ?? '') && !personName(lines[next]?.text ?? '')) {
      below.push({ name, title: tidyTitle(lines[next]?.text ?? ''), line: at, last: next })
      continue
    }
    const previous = lines[at - 1]?.text ?? ''
    if (isTitle(previous) && previous.length <= 60)
      above.push({ name, title: tidyTitle(previous), line: at - 1, last: at })
  }
  // Either the page writes titles below names or above them; a title between two names belongs to the usual one.
  return below.length ? below : above
}

function nextText(lines: readonly Line[], at: number): number {
  for (let next = at + 1; next <= at + 2 && next < lines.length; next++) if (lines[next]?.text) return next
  return -1
}

/** "Jane Doe, Head of Sales", "Jane Doe – CEO", "Jane Doe (Owner)", "Geschäftsführer: Max Mustermann". */
function onOneLine(text: string): { name: string; title: string } | null {
  const parts = /^(.{2,60}?)(?:, | [-–—|•/] | ?[|•] ?| ?\(|: )(.{2,80}?)\)?$/.exec(text)
  if (!parts?.[1] || !parts[2]) return null
  const [first, second] = [parts[1].trim(), parts[2].trim()]
  const name = personName(first)
  if (name && isTitle(second)) return { name, title: tidyTitle(second) }
  const other = personName(second)
  if (other && isTitle(first) && /: ?| [-–—] /.test(text)) return { name: other, title: tidyTitle(first) }
  return null
}

const tidyTitle = (text: string): string => withoutEnd(withoutStart(text, /[\s,–-]/), /[\s,:;–-]/)

function reachIn(
  lines: readonly Line[],
  name: string,
  countries: readonly CountryCode[],
): Pick<PersonFact, 'email' | 'phone' | 'linkedin'> {
  const emails = lines.flatMap((line) => [...emailsIn(line.text), ...line.hrefs.flatMap(mailtoAddresses)])
  const surname = (name.split(' ').at(-1) ?? '').toLowerCase()
  const email = emails.find((one) => one.includes(surname)) ?? emails[0]
  const phone = lines
    .flatMap((line) => (/fax/i.test(line.text) ? [] : phoneCandidates(line.text)))
    .map((candidate) => readOne(candidate.text, countries, 'phone')?.number)
    .find(Boolean)
  const linkedin = lines
    .flatMap((line) => line.hrefs)
    .find((href) => /^https?:\/\/(?:[a-z]{2,3}\.)?linkedin\.com\/(?:in|pub)\//i.test(href))
  return { ...(email ? { email } : {}), ...(phone ? { phone } : {}), ...(linkedin ? { linkedin } : {}) }
}
