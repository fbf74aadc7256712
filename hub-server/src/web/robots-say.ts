import { createRequire } from 'node:module'
import type { Robot } from 'robots-parser'

// Its types describe an ES module, and it is a CommonJS one: `import` is a type error where the value is right.
const robotsParser: (url: string, text: string) => Robot = createRequire(import.meta.url)('robots-parser')

export interface RobotsQuestion {
  /** Of the file. */
  readonly text: string
  /** Absolute: what is to be read, on the file's own site. */
  readonly url: string
  /** The name that the rules are looked up by, e.g. AI-Now-Hub. */
  readonly product: string
}

export interface RobotsSay {
  readonly isAllowed: boolean
  /** Seconds between two requests; 0 where the file names none. */
  readonly crawlDelay: number
}

/** The file that was asked about last: a site's pages are read one after the other. */
let last: { readonly url: string; readonly text: string; readonly rules: Robot } | undefined

const rulesIn = (url: string, text: string): Robot => {
  if (last?.url !== url || last.text !== text) last = { url, text, rules: robotsParser(url, text) }
  return last.rules
}

/** What a robots.txt says of an address; called behind the fence. */
export const robotsSay = ({ text, url, product }: RobotsQuestion): RobotsSay => {
  const rules = rulesIn(new URL('/robots.txt', url).href, text)
  return { isAllowed: rules.isAllowed(url, product) !== false, crawlDelay: rules.getCrawlDelay(product) ?? 0 }
}
