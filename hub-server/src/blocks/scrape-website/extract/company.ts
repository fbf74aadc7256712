import { parse } from 'tldts'
import { streetness } from './address-formats.ts'
import { countryCode } from './country.ts'
import { agreement, cleanName, fold, hasLegalForm, isGeneric, LEGAL_FORM } from './company-names.ts'
import type { StructuredFacts } from './structured.ts'
import type { Address, CompanyFacts } from './types.ts'
import { clean, type View } from './view.ts'

interface Candidate {
  name: string
  weight: number
}

/**
 * How far each place is to be believed. Found by trying on hand-labelled pages; agreement between places counts on top.
 */
const WEIGHT = {
  structured: 5,
  siteName: 4,
  copyright: 3.5,
  legalLine: 2.5,
  aboveAddress: 3,
  title: 2,
  heading: 1,
  logo: 2,
  domain: 1.5,
}

/**
 * The company that owns the page. Candidates come from structured data, the site's name, the title, the footer's
 * copyright, the imprint, the line above an address and the logo; the one on which most of them agree wins.
 * @param addresses found on the page, most credible first
 */
export function findCompany(view: View, structured: StructuredFacts, addresses: readonly Address[]): CompanyFacts {
  const places = new Set(addresses.map((one) => fold(one.city ?? '')))
  const candidates = [...fromStructured(structured), ...fromHead(view), ...fromText(view, addresses)].filter(
    ({ name }) => !places.has(fold(name)) && !/, [A-Z]{2}$/.test(name) && !countryCode(name) && streetness(name) < 2,
  )
  const host = (parse(view.url.hostname).domainWithoutSuffix ?? '').toLowerCase()
  const voted = candidates
    .map((candidate) => ({ ...candidate, score: score(candidate, candidates, host) }))
    .sort((a, b) => b.score - a.score)
  const best = voted[0]
  const name = best && best.score >= 2 ? bestSpelling(best.name, voted) : undefined
  const legal =
    structured.organisations.find((one) => one.legalName)?.legalName ??
    voted.find((one) => hasLegalForm(one.name) && name && agreement(one.name, name) >= 0.6)?.name
  return {
    ...(name ? { name } : {}),
    ...(legal ? { legalName: legal } : {}),
    ...(addresses[0] ? { address: addresses[0] } : {}),
    addresses: [...addresses],
  }
}

function score(candidate: Candidate, all: readonly Candidate[], host: string): number {
  let sum = candidate.weight
  for (const other of all) if (other !== candidate) sum += agreement(candidate.name, other.name) * other.weight
  const plain = fold(candidate.name)
  if (host.length >= 3 && plain.length >= 3 && (host.includes(plain) || plain.includes(host.replace(/-/g, ''))))
    sum += WEIGHT.domain
  return sum
}

/** Of the spellings that mean the winner, the one most places use. */
function bestSpelling(winner: string, voted: readonly (Candidate & { score: number })[]): string {
  const spellings = new Map<string, number>()
  for (const { name, weight } of voted)
    if (fold(name) === fold(winner))
      spellings.set(
        name,
        (spellings.get(name) ?? 0) + weight * (name === name.toUpperCase() && name.length > 5 ? 0.5 : 1),
      )
  return [...spellings].sort((a, b) => b[1] - a[1])[0]?.[0] ?? winner
}

function* named(name: string | undefined, weight: number): Generator<Candidate> {
  const tidy = cleanName(name ?? '')
  if (tidy && !isGeneric(tidy)) yield { name: tidy, weight }
}

function* fromStructured(structured: StructuredFacts): Generator<Candidate> {
  for (const [index, one] of structured.organisations.slice(0, 5).entries()) {
    yield* named(one.name ?? one.legalName, index === 0 ? WEIGHT.structured : 1)
  }
}

function* fromHead(view: View): Generator<Candidate> {
  const { $ } = view
  yield* named($('meta[property="og:site_name"]').attr('content'), WEIGHT.siteName)
  yield* named(
    $('meta[name="application-name" i]').attr('content') ??
      $('meta[name="apple-mobile-web-app-title" i]').attr('content'),
    WEIGHT.siteName - 1,
  )
  yield* named(
    $('meta[name="copyright" i]')
      .attr('content')
      ?.replace(/copyright|©|\(c\)|\d{4}|all rights reserved/gi, ' '),
    WEIGHT.title,
  )
  yield* named($('meta[name="author" i]').attr('content'), 0.5)
  const pieces = view.title
    .split(/\s[|–—·•»«:>-]+\s|[|»·•]|: | -- /)
    .map(clean)
    .filter(Boolean)
  for (const [index, piece] of pieces.entries()) {
    const edge = index === pieces.length - 1 || index === 0
    yield* named(
      piece.replace(/^(?:contact(?: us)?|about(?: us)?|welcome to|kontakt|home)\b[\s:-]*(?=\p{Lu})/iu, ''),
      WEIGHT.title * (edge ? 1 : 0.6) * (piece.split(' ').length > 6 ? 0.3 : 1),
    )
  }
  const alts = $('img[alt]')
    .get()
    .slice(0, 300)
    .filter((image) => {
      const { id = '', class: kind = '', src = '', alt = '' } = image.attribs
      return /logo/i.test(`${id} ${kind} ${src} ${alt}`)
    })
  for (const image of alts.slice(0, 2))
    yield* named((image.attribs['alt'] ?? '').replace(/\b(?:the |company |site )?logo\b/gi, ' '), WEIGHT.logo)
}

const MAKER = new RegExp(
  String.raw`\b(?:design|develop|power|host|built|build|creat|maintain|site|web ?site|webdesign|gestaltung|` +
    String.raw`umsetzung|realisatie|réalis|realizz)\w*(?: (?:and|&) \w+)? (?:by|von|door|par|por|da)\b`,
  'i',
)
const COPYRIGHT =
  /(?:(?<!©)©|\(c\)|copyrights?)(?:[\s,.–\ufffd-]|©|\(c\)|copyright|by|&copy;|\d{4})*([^\d©|.][^©|]{1,90})/i
const BEFORE_COPYRIGHT = /^(.{3,60}?),? (?:©|\(c\)|copyright)[\s\d–-]*/i

function* fromText(view: View, addresses: readonly Address[]): Generator<Candidate> {
  const copyrights = view.lines.filter((line) => /©|\(c\)|copyright/i.test(line.text) && line.text.length < 500)
  for (const line of copyrights.slice(-4)) {
    const after = COPYRIGHT.exec(line.text)?.[1]
    const tidy = after ? uptoSentence(after) : BEFORE_COPYRIGHT.exec(line.text)?.[1]
    yield* named(tidy, WEIGHT.copyright)
  }
  const firstHeading = view.lines.find((line) => line.heading === 1 && line.text.length < 80)
  yield* named(firstHeading?.text, WEIGHT.heading)
  let legal = 0
  const street = addresses
    .map((one) => fold((one.street ?? one.city ?? '').slice(0, 20)))
    .filter((one) => one.length > 4)
    .slice(0, 6)
  for (const [index, line] of view.lines.entries()) {
    if (line.text.length > 400) continue
    if (legal < 12 && LEGAL_FORM.test(line.text)) {
      const match = LEGAL_NAME.exec(line.text)?.[0]
      // Somebody else's company: "Website designed by Acme Ltd".
      if (match && !MAKER.test(line.text.slice(0, line.text.indexOf(match) + 12))) {
        legal++
        yield* named(match, legal <= 3 ? WEIGHT.legalLine : 0.5)
      }
    }
    const plain = fold(line.text)
    if (street.some((one) => plain.startsWith(one))) {
      for (let back = 1; back <= 2; back++) {
        const above = view.lines[index - back]?.text ?? ''
        if (above && above.length <= 60 && !/[\d@:?!]/.test(above)) {
          yield* named(above, WEIGHT.aboveAddress)
          break
        }
      }
    }
  }
}

/** A name with its legal form: up to six capitalised words, then "Ltd", "GmbH" and so on. */
const LEGAL_NAME = new RegExp(
  `(?:[\\p{Lu}\\d][\\p{L}\\d.'’&+-]{0,30}(?: (?:&|and|und|et|y|of|the|en) | |, ?)){1,6}${LEGAL_FORM.source}`,
  'u',
)

/** "Acme Ltd. All rights reserved. Site by …" → "Acme Ltd." */
function uptoSentence(text: string): string {
  return (
    text
      .split(
        new RegExp(
          String.raw`(?:\ball rights\b|\band its \b|\bor its \b|\bsite (?:by|map)|\bdesign|\bprivacy|\bterms|` +
            String.raw`\bpowered|\balle rechte|\btous droits|\btodos los|\btutti i|\bwebsite\b|\bis a\b|` +
            String.raw`\bregistered\b|` +
            String.raw`\||·|•| - | – |:|\s{2,})`,
          'i',
        ),
      )[0]
      ?.trimEnd()
      .split(/(?<!\b(?:Inc|Co|Corp|Ltd|St|Dr|Mr|Mrs|U\.S|\p{Lu}))\. /u)[0] ?? ''
  )
}
