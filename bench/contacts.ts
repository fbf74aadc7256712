/**
 * Reads every page of the contacts yardstick and compares with what people labelled.
 *   node bench/contacts.ts [--json] [--misses]
 * Scored as the yardsticks' README says: micro precision, recall and F1 over each page's set of normalised values.
 * Labels cover visible text only, so addresses and numbers found only in links or structured data are counted apart.
 */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { extractPage } from '../hub-server/src/blocks/scrape-website/extract/page.ts'
import { readStructured } from '../hub-server/src/blocks/scrape-website/extract/structured.ts'
import { viewPage } from '../hub-server/src/blocks/scrape-website/extract/view.ts'
import type { PageFacts, PhoneFact } from '../hub-server/src/blocks/scrape-website/extract/types.ts'
import { tellConditions, type Conditions } from './shared/conditions.ts'

interface Labelled {
  page: string
  entities: { type: string; text: string }[]
}
interface Tally {
  right: number
  wrong: number
  missed: number
}

const folder = resolve(
  process.env['YARDSTICKS_DIR'] ?? resolve(import.meta.dirname, '../../shared/yardsticks'),
  'web/contacts',
)
const asJson = process.argv.includes('--json')
const showMisses = process.argv.includes('--misses')

const conditions: Conditions = {
  madeUp: ['nothing: real pages that were saved, and labels that people gave them'],
  switchedOff: ['fetching: each page is read alone, without the others of its website, and its address is not known'],
  published: ['no vendor is asked'],
}

const lastTen = (text: string): string => text.replace(/\D/g, '').slice(-10)
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/&amp;/g, '&')
    .replace(/[^\p{L}\p{N}]/gu, '')
const company = (text: string): string =>
  plain(
    text
      .replace(/^the /i, '')
      .replace(/&amp;/g, '&')
      .replace(/&/g, ' and ')
      .replace(/(?<![,\s])[,\s]+(?:inc|llc|ltd|limited|corp|corporation|plc|co|gmbh)\b\.?$/i, ''),
  )

const tally = (): Tally => ({ right: 0, wrong: 0, missed: 0 })
const f1 = ({ right, wrong, missed }: Tally): number => (right ? (2 * right) / (2 * right + wrong + missed) : 0)
const precision = ({ right, wrong }: Tally): number => (right ? right / (right + wrong) : 0)
const recall = ({ right, missed }: Tally): number => (right ? right / (right + missed) : 0)

/**
 * A number's keys: the last ten digits in E.164 and as dialled at home. Labels hold what the page shows, which for a
 * country with short numbers has the trunk zero in its last ten digits where E.164 has the country's code.
 */
function phoneKeys(phone: PhoneFact): string[] {
  return [...new Set([lastTen(phone.value), lastTen(phone.national ?? phone.value)])]
}

/** @param found the key sets of the predictions; one that shares any key with a label is right */
function compare(into: Tally, page: string, what: string, found: string[][], labels: Set<string>): void {
  const open = new Set(labels)
  for (const keys of found) {
    const key = keys.find((one) => labels.has(one))
    if (key === undefined) {
      into.wrong++
      if (showMisses) console.log(`${page}\t${what} wrong\t${keys.join(' | ')}`)
    } else if (open.delete(key)) into.right++
  }
  into.missed += open.size
  if (showMisses) for (const key of open) console.log(`${page}\t${what} missed\t${key}`)
}

const unique = (values: (string | undefined)[]): string[][] =>
  [...new Set(values.filter((value): value is string => Boolean(value)))].map((value) => [value])

interface Score {
  pages: number
  emails: Tally
  emailsElsewhere: number
  phones: Tally
  phonesByE164: Tally
  phonesElsewhere: number
  name: { right: number; wrong: number; none: number }
  street: Tally
  city: Tally
  postcode: Tally
  people: Tally
  milliseconds: number
  slowest: number
}
const score = (): Score => ({
  pages: 0,
  emails: tally(),
  emailsElsewhere: 0,
  phones: tally(),
  phonesByE164: tally(),
  phonesElsewhere: 0,
  name: { right: 0, wrong: 0, none: 0 },
  street: tally(),
  city: tally(),
  postcode: tally(),
  people: tally(),
  milliseconds: 0,
  slowest: 0,
})

function add(into: Score, { page, entities }: Labelled, facts: PageFacts): void {
  const of = (...types: string[]): string[] => entities.filter((one) => types.includes(one.type)).map((one) => one.text)
  const set = (texts: string[], key: (text: string) => string): Set<string> => new Set(texts.map(key).filter(Boolean))
  into.pages++
  const shown = facts.emails.filter((email) => email.source === 'text')
  compare(
    into.emails,
    page,
    'email',
    unique(shown.map((email) => email.value)),
    set(of('EMAIL'), (text) => text.toLowerCase().trim()),
  )
  into.emailsElsewhere += facts.emails.length - shown.length
  const numbers = new Set(
    of('TEL', 'FAX')
      .map(lastTen)
      .filter((digits) => digits.length >= 7),
  )
  const dialled = facts.phones.filter((phone) => phone.source === 'text')
  into.phonesElsewhere += facts.phones.length - dialled.length
  compare(into.phones, page, 'phone', dialled.map(phoneKeys), numbers)
  const quiet = tally()
  const e164 = new Set(dialled.map((phone) => lastTen(phone.value)))
  for (const key of e164)
    if (numbers.has(key)) quiet.right++
    else quiet.wrong++
  for (const key of numbers) if (!e164.has(key)) quiet.missed++
  for (const key of ['right', 'wrong', 'missed'] as const) into.phonesByE164[key] += quiet[key]
  const names = set(of('ORG'), company)
  if (names.size) {
    const guess = facts.company.name
    if (!guess) into.name.none++
    else if (names.has(company(guess)) || names.has(company(facts.company.legalName ?? ''))) into.name.right++
    else {
      into.name.wrong++
      if (showMisses)
        console.log(
          `${page}\tname wrong\t${guess} ` +
            `(${facts.company.legalName ?? ''})\t${[...new Set(of('ORG'))].slice(0, 6).join(' ; ')}`,
        )
    }
  }
  const { addresses } = facts.company
  compare(
    into.street,
    page,
    'street',
    unique(addresses.map((one) => plain(one.street ?? ''))),
    set(of('STREET'), plain),
  )
  compare(into.city, page, 'city', unique(addresses.map((one) => plain(one.city ?? ''))), set(of('CITY'), plain))
  compare(
    into.postcode,
    page,
    'postcode',
    unique(addresses.map((one) => plain(one.postcode ?? ''))),
    set(of('ZIPCODE'), plain),
  )
  compare(into.people, page, 'person', unique(facts.people.map((one) => plain(one.name))), set(of('PER'), plain))
}

const round = (value: number): number => Math.round(value * 1000) / 1000
const prf = (one: Tally): string =>
  `P ${precision(one).toFixed(3)}  R ${recall(one).toFixed(3)}  F1 ${f1(one).toFixed(3)}  (${one.right} right, ` +
  `${one.wrong} wrong, ${one.missed} missed)`

function print(name: string, one: Score): void {
  console.log(
    `\n${name}: ${one.pages} pages, ${Math.round(one.milliseconds)} ms in all, ${Math.round(one.slowest)} ms ` +
      'the slowest',
  )
  if (name === 'nl') {
    console.log(
      `  only opening hours are labelled here: found ${one.emails.wrong} e-mails, ${one.phones.wrong} phones, ` +
        `${one.postcode.wrong} postcodes`,
    )
    return
  }
  if (name === 'business_pages') console.log('  e-mails          not labelled here')
  else
    console.log(
      `  e-mails          ${one.emails.wrong} wrong, ${one.emails.missed} missed of ` +
        `${one.emails.right + one.emails.missed}`,
    )
  console.log(`  e-mails          ${one.emailsElsewhere} more only in links or structured data, not scored`)
  console.log(`  phones           ${prf(one.phones)}`)
  console.log(`  by E.164 alone   ${prf(one.phonesByE164)}`)
  console.log(`  phones           ${one.phonesElsewhere} more only in links or structured data, not scored`)
  const judged = one.name.right + one.name.wrong + one.name.none
  console.log(
    `  company name     ${one.name.right} right, ${one.name.wrong} wrong, ${one.name.none} none of ${judged} pages ` +
      `with one (accuracy ${(judged ? one.name.right / judged : 0).toFixed(3)})`,
  )
  console.log(`  street           ${prf(one.street)}`)
  console.log(`  city             ${prf(one.city)}   (labels take in cities merely mentioned)`)
  console.log(`  postcode         ${prf(one.postcode)}`)
  console.log(`  people           ${prf(one.people)}   (labels take in everyone merely mentioned)`)
}

interface Example {
  types: string
  microdata: string
  rdfa: string
  jsonld: string
}

/** How many examples of all three syntaxes give the same facts; spaces and full stops in values do not count. */
function structuredAgreement(file: string): { same: number; examples: number; differing: string[] } | null {
  if (!existsSync(file)) return null
  const all = JSON.parse(readFileSync(file, 'utf8')) as Example[]
  const examples = all.filter((one) => !/JSON.only/i.test(one.microdata))
  const facts = (html: string): string =>
    JSON.stringify(readStructured(viewPage({ url: 'https://example.invalid/', html }).$), (key, value: unknown) => {
      if (key === 'source') return undefined
      return typeof value === 'string' ? value.replace(/[.\s]+/g, ' ').trim() : value
    })
  const differing = examples
    .filter((one) => new Set([facts(one.microdata), facts(one.rdfa), facts(one.jsonld)]).size > 1)
    .map((one) => one.types.split(' ')[0] ?? '')
  return { same: examples.length - differing.length, examples: examples.length, differing }
}

tellConditions(conditions)
if (!existsSync(resolve(folder, 'gold.json'))) {
  console.log(`Skipped: no contacts yardstick at ${folder}`)
  if (asJson) console.log(JSON.stringify({ skipped: true }))
} else {
  const gold = JSON.parse(readFileSync(resolve(folder, 'gold.json'), 'utf8')) as Labelled[]
  const scores = new Map<string, Score>()
  for (const labelled of gold) {
    const name = labelled.page.split('/')[0] ?? ''
    const into = scores.get(name) ?? score()
    scores.set(name, into)
    const html = readFileSync(resolve(folder, 'pages', labelled.page), 'utf8')
    const start = performance.now()
    // The pages' addresses were not kept with them.
    const facts = extractPage({ url: 'https://saved-page.invalid/', html })
    const took = performance.now() - start
    into.milliseconds += took
    into.slowest = Math.max(into.slowest, took)
    add(into, labelled, facts)
  }
  for (const [name, one] of scores) print(name, one)
  const structured = structuredAgreement(resolve(folder, '../structured/contact_examples.json'))
  if (structured)
    console.log(
      `\nstructured: ${structured.same} of ${structured.examples} examples give the same facts in microdata, RDFa ` +
        `and JSON-LD${structured.differing.length ? `; not ${structured.differing.join(', ')}` : ''}`,
    )
  if (asJson) {
    const figures = [...scores].map(
      ([name, one]) =>
        [
          name,
          {
            pages: one.pages,
            emails: one.emails,
            emailsElsewhere: one.emailsElsewhere,
            phone: {
              precision: round(precision(one.phones)),
              recall: round(recall(one.phones)),
              f1: round(f1(one.phones)),
            },
            phoneByE164: { f1: round(f1(one.phonesByE164)) },
            companyName: one.name,
            street: { f1: round(f1(one.street)) },
            city: { f1: round(f1(one.city)) },
            postcode: { f1: round(f1(one.postcode)) },
            people: one.people,
          },
        ] as const,
    )
    console.log(JSON.stringify({ conditions, ...Object.fromEntries(figures), structured }))
  }
}
