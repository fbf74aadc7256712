import type { CheerioAPI } from 'cheerio/slim'
import { countryCode } from './country.ts'
import { emailsIn, mailtoAddresses } from './emails.ts'
import { itemsOf, textOf, textsOf, type Item } from './items.ts'
import { readJsonLd } from './json-ld.ts'
import { readMicrodata } from './microdata.ts'
import type { StructuredPhone } from './phones.ts'
import type { Address, PersonFact } from './types.ts'

/** What a page says about itself for machines. */
export interface StructuredFacts {
  emails: { value: string; source: 'json-ld' | 'microdata' }[]
  phones: StructuredPhone[]
  organisations: {
    name?: string
    legalName?: string
    addresses: Address[]
    url?: string
    type: string
    source: 'json-ld' | 'microdata'
  }[]
  people: PersonFact[]
  addresses: Address[]
  /** profiles elsewhere, from sameAs of organisations */
  sameAs: string[]
  /** ISO codes or names, as found */
  countries: string[]
}

/** schema.org's kinds of organisation, by their endings: the list of subtypes of LocalBusiness alone has 150 names. */
const ORGANISATION = new RegExp(
  String.raw`^(?:.*(?:Organi[sz]ation|Business|Corporation|Company|Store|Shop|Restaurant|Establishment|` +
    String.raw`Agency|Hotel|Motel|Salon|Service|Clinic|Office|School|University|Club|Pharmacy|Dentist|` +
    String.raw`Physician|Hospital|Bakery|Brewery|Winery|Bar|Pub|Cafe|Attorney|Notary|Dealer|Repair|Wash|Rental|` +
    String.raw`Studio|Museum|Library|Zoo|Park|Station|Contractor|Electrician|Plumber|Locksmith|Painter|Team|` +
    String.raw`Group|Gym|Spa)|NGO|LocalBusiness|Project|Laundry|DryCleaningOrLaundry|Casino|Consortium|Airline|` +
    String.raw`Resort|Hostel|BedAndBreakfast|Campground|Florist|Optician|VeterinaryCare|Church)$`,
)
/** Names that end like an organisation but are something else, and places an event is held at. */
const NOT_ORGANISATION = new RegExp(
  String.raw`^(?:GovernmentService|.*(?:Broadcast|Web|Cable|Radio)Service|Service|.*MusicGroup|.*SportsTeam|` +
    String.raw`.*Product.*|OfferCatalog|.*Reservation|BackgroundGroup|WPHeader|Periodical)$`,
)
/** Things whose organisations and people are not the page's own. */
const FOREIGN = new Set([
  'review',
  'reviews',
  'author',
  'publisher',
  'performer',
  'performers',
  'member',
  'members',
  'alumni',
  'sponsor',
  'brand',
  'manufacturer',
  'itemReviewed',
  'knows',
  'children',
  'colleague',
  'colleagues',
  'creator',
  'subjectOf',
  'customer',
  'recipient',
  'memberOf',
  'award',
  'contributor',
  'organizer',
  'reviewedBy',
  'hiringOrganization',
  'actor',
  'director',
])

const PEOPLE_OF = new Set(['employee', 'employees', 'founder', 'founders', 'member', 'members', 'contactPoint'])
const MAX_DEPTH = 12

/**
 * Reads JSON-LD, microdata and RDFa into one set of facts: the same description gives the same facts in all three.
 * People are those described for themselves, and those whom an organisation names as its employees, founders or
 * members.
 */
export function readStructured($: CheerioAPI): StructuredFacts {
  const facts: StructuredFacts = {
    emails: [],
    phones: [],
    organisations: [],
    people: [],
    addresses: [],
    sameAs: [],
    countries: [],
  }
  const seen = new Set<Item>()
  for (const item of [...readJsonLd($), ...readMicrodata($)]) visit(item, null, '', 0, facts, seen)
  return facts
}

function visit(
  item: Item,
  owner: Item | null,
  via: string,
  depth: number,
  facts: StructuredFacts,
  seen: Set<Item>,
): void {
  if (depth > MAX_DEPTH || seen.has(item)) return
  seen.add(item)
  const foreign = FOREIGN.has(via)
  const address = item.types.includes('PostalAddress') ? toAddress(item) : null
  if (address && !foreign) {
    facts.addresses.push(address)
    if (address.country) facts.countries.push(address.country)
  }
  if (item.types.includes('Person')) person(item, owner, via, facts)
  else if (isOrganisation(item) && !foreign) organisation(item, facts)
  if (!foreign) reach(item, facts)
  for (const [name, values] of item.props) {
    for (const value of values) {
      if (typeof value === 'string') continue
      // What hangs below something foreign is foreign too, but for an organisation's own members.
      const below = foreign && via !== 'member' && via !== 'members' ? via : name
      visit(
        value,
        item.types.some((type) => type.endsWith('Role')) && owner ? owner : item,
        below,
        depth + 1,
        facts,
        seen,
      )
    }
  }
}

const isOrganisation = (item: Item): boolean =>
  item.types.some((type) => ORGANISATION.test(type) && !NOT_ORGANISATION.test(type))

function reach(item: Item, facts: StructuredFacts): void {
  const country = countryCode(countryText(item) ?? itemsOf(item, 'address').map(countryText).find(Boolean) ?? '')
  for (const name of ['telephone', 'phone', 'faxNumber']) {
    for (const value of textsOf(item, name)) {
      facts.phones.push({ value, fax: name === 'faxNumber', ...(country ? { country } : {}), source: item.source })
    }
  }
  for (const value of textsOf(item, 'email'))
    facts.emails.push({ value: value.replace(/^mailto:/i, '').toLowerCase(), source: item.source })
}

/** The country in an address, also when it was written behind the city: "Paris, France". */
function countryText(item: Item): string | undefined {
  const given = textOf(item, 'addressCountry')
  if (given) return given
  const city = textOf(item, 'addressLocality') ?? ''
  const last = city.split(',').at(-1) ?? ''
  return city.includes(',') && countryCode(last) ? last.trim() : undefined
}

function organisation(item: Item, facts: StructuredFacts): void {
  const name = textOf(item, 'name')
  const legalName = textOf(item, 'legalName')
  const url = textOf(item, 'url')
  const addresses = [
    ...itemsOf(item, 'address'),
    ...itemsOf(item, 'location').flatMap((place) => itemsOf(place, 'address')),
  ]
    .map(toAddress)
    .filter((one): one is Address => one !== null)
  facts.sameAs.push(...textsOf(item, 'sameAs'))
  if (!name && !legalName) return
  facts.organisations.push({
    ...(name ? { name } : {}),
    ...(legalName ? { legalName } : {}),
    ...(url ? { url } : {}),
    addresses,
    type: item.types[0] ?? '',
    source: item.source,
  })
}

function person(item: Item, owner: Item | null, via: string, facts: StructuredFacts): void {
  const ownPerson =
    via === '' ||
    via === 'mainEntity' ||
    via === 'itemListElement' ||
    via === 'item' ||
    (PEOPLE_OF.has(via) && owner !== null && isOrganisation(owner))
  const name = textOf(item, 'name') ?? [textOf(item, 'givenName'), textOf(item, 'familyName')].filter(Boolean).join(' ')
  if (!ownPerson || !name || name.length > 80) return
  const title = textOf(item, 'jobTitle') ?? textOf(item, 'roleName')
  const given = textOf(item, 'email') ?? ''
  const email = mailtoAddresses(given)[0] ?? emailsIn(given)[0]
  const phone = textOf(item, 'telephone')
  const linkedin = [...textsOf(item, 'sameAs'), ...textsOf(item, 'url')].find((url) =>
    /linkedin\.com\/(?:in|pub)\//i.test(url),
  )
  facts.people.push({
    name,
    ...(title ? { title } : {}),
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    ...(linkedin ? { linkedin } : {}),
    source: item.source,
  })
}

function toAddress(item: Item): Address | null {
  const box = textOf(item, 'postOfficeBoxNumber')
  const street =
    [...textsOf(item, 'streetAddress'), ...textsOf(item, 'extendedAddress')].join(', ') ||
    (box ? `P.O. Box ${box}` : '')
  const country = countryText(item)
  let city = textOf(item, 'addressLocality')
  if (city && country && !textOf(item, 'addressCountry')) city = city.slice(0, city.lastIndexOf(',')).trim()
  const state = textOf(item, 'addressRegion')
  // "F-75002": the letters are the country's, for mail from abroad.
  const postcode = textOf(item, 'postalCode')?.replace(/^[A-Z]{1,3}-(?=\d)/, '')
  if (!street && !city && !postcode) return null
  return {
    ...(street ? { street } : {}),
    ...(city ? { city } : {}),
    ...(state ? { state } : {}),
    ...(postcode ? { postcode } : {}),
    ...(country ? { country: countryCode(country) ?? country } : {}),
  }
}
