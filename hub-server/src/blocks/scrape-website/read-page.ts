import { extractPage } from './extract/page.ts'
import type { PageFacts } from './extract/types.ts'
import { partsOf, type Part } from './parts.ts'
import { withoutTraps } from './traps.ts'

export interface FetchedPage {
  /** Absolute, after redirects. */
  readonly url: string
  readonly html: string
  readonly contentType: string
}

export interface PageReading {
  readonly facts: PageFacts
  readonly parts: Part[]
  /** How many entries the page says beyond those that are taken. */
  readonly leftOut: number
}

/** The most that one page gives. Real pages hold a tenth of it; more is a list made by a machine. */
const most = { emails: 500, phones: 200, people: 500, links: 2_000, addresses: 50, parts: 50 } as const

/** Reads a page; called behind the fence, for it may be made to take forever. */
export const readPage = ({ url, html, contentType }: FetchedPage): PageReading => {
  const all = extractPage({ url, html: withoutTraps(html), contentType })
  const parts = partsOf({ url, html })
  let leftOut = 0
  const first = <Entry>(entries: Entry[], count: number): Entry[] => {
    leftOut += Math.max(0, entries.length - count)
    return entries.slice(0, count)
  }
  const facts: PageFacts = {
    ...all,
    emails: first(all.emails, most.emails),
    phones: first(all.phones, most.phones),
    people: first(all.people, most.people),
    company: { ...all.company, addresses: first(all.company.addresses, most.addresses) },
    // Links and parts are ways on, of which a few are gone anyway.
    links: all.links.slice(0, most.links),
  }
  return { facts, parts: parts.slice(0, most.parts), leftOut }
}
