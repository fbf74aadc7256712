import type { Connector, Mode } from '../types.ts'
import { capabilitiesInWords } from './capabilities.ts'
import { dayOf } from './dates.ts'

/** What one item is, by what is done with it. */
const units: Readonly<Record<string, string>> = {
  verifyEmail: 'an address',
  findEmail: 'an address',
  searchPeople: 'a search',
  searchCompanies: 'a search',
  enrichPerson: 'a person',
  enrichCompany: 'a company',
  locateIp: 'a visitor',
  scrapePage: 'a page',
  solveCaptcha: 'a captcha',
  runRobot: 'a run',
  completeText: 'a text',
  sendEmail: 'an e-mail',
  sendMessage: 'a message',
  publishPost: 'a post',
}

/** Micro-USD as dollars, as exact as they are: $0.0123, $1.50. */
const dollars = (micro: number): string => {
  const value = micro / 1_000_000
  const digits = value >= 0.1 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: 3 }
  return `$${value.toLocaleString('en-US', digits)}`
}

type Price = Connector['prices'][number]

const inWords = ({ capability, price, results }: Price): string =>
  price === 0
    ? 'free'
    : `${dollars(price)} ${results === undefined ? (units[capability] ?? 'an item') : `for ${results} results`}`

/** For a card: the least that something costs, rather for one item than for a page of results. */
export const priceInShort = ({ prices }: Connector, mode: Mode): string => {
  const byPrice = [...prices].sort((a, b) => a.price - b.price)
  const least = byPrice.find(({ results }) => results === undefined) ?? byPrice[0]
  if (!least) return 'Price not known'
  if (least.price === 0) return 'Free'
  const words = `${prices.some(({ price }) => price > least.price) ? 'From ' : ''}${inWords(least)}`
  return mode === 'test' ? `In Live: ${words}` : words
}

/** Each thing that it can do and what that costs at most. */
export const pricesInWords = ({ prices }: Connector): { what: string; price: string }[] =>
  prices.map((each) => ({ what: capabilitiesInWords([each.capability])[0] ?? each.capability, price: inWords(each) }))

/** How far the prices can be trusted: whose they are, and of when. */
export const priceSourceInWords = ({ name, prices, priceSource }: Connector, mode: Mode): string => {
  if (prices.length === 0) return `Price not known: look at what ${name} says itself.`
  const day = priceSource?.on ? ` on ${dayOf(priceSource.on)}` : ''
  const most = mode === 'test' ? 'In Live, at most' : 'At most'
  return `${most}, as ${name} published it${day}. ${priceSource?.note ?? ''}`.trim()
}
