import type { LinkKind, PageFacts, PageLink } from './extract/types.ts'
import type { Part } from './parts.ts'
import { addressKey } from './website.ts'

/** Where most addresses stand comes first; one page of each kind before a second of any. */
const kinds = ['contact', 'team', 'imprint', 'about'] as const satisfies LinkKind[]
type Kind = (typeof kinds)[number]

/** Tried where no page links to one of the kind. Only the law of German-speaking countries makes an imprint usual. */
const wellKnown: Record<string, Partial<Record<Kind, string>>> = {
  de: { contact: '/kontakt', team: '/team', imprint: '/impressum', about: '/ueber-uns' },
  fr: { contact: '/contact', team: '/equipe', imprint: '/mentions-legales', about: '/a-propos' },
  es: { contact: '/contacto', team: '/equipo', about: '/nosotros' },
  it: { contact: '/contatti', about: '/chi-siamo' },
  nl: { contact: '/contact', team: '/team', about: '/over-ons' },
  en: { contact: '/contact', team: '/team', about: '/about' },
}
const german = /\.(?:de|at|ch|li)$/

/** Other pages of a start page that names none of the kinds: a choice of languages, an "enter" button. */
const MAX_DOORS = 3

export interface PlannedPage {
  readonly url: string
  /** Read in the page's place: it does not count as a further page. */
  readonly part: boolean
  /** A guess: that it does not exist is no news. */
  readonly guessed: boolean
}

export interface Plan {
  /** Takes note of what a page leads to. `sameSite` says whether an address belongs to the website. */
  learn(
    page: { url: string },
    links: readonly PageLink[],
    parts: readonly Part[],
    sameSite: (url: string) => boolean,
  ): void
  /** Marks where a request ended up; false if that was read, or is to be read, under another address. */
  arrived(asked: string, url: string): boolean
  next(): PlannedPage | undefined
}

/** Which pages of a website to read, in which order. */
export const createPlan = (start: string, languageOf: () => PageFacts['language']): Plan => {
  const seenKeys = new Set<string>()
  const parts: string[] = []
  const waiting: Record<LinkKind, string[]> = { contact: [], team: [], imprint: [], about: [], other: [] }
  const taken: Record<Kind, number> = { contact: 0, team: 0, imprint: 0, about: 0 }
  const known = new Set<LinkKind>()
  let doors = 0
  let guesses: string[] | undefined

  const mark = (url: string): boolean => {
    const key = addressKey(new URL(url))
    if (seenKeys.has(key)) return false
    seenKeys.add(key)
    return true
  }

  const fresh = (queue: string[]): string | undefined => {
    for (let url = queue.shift(); url; url = queue.shift()) if (mark(url)) return url
    return undefined
  }

  const ofKinds = (): string | undefined => {
    const byTurns = kinds.toSorted((a, b) => taken[a] - taken[b])
    for (const kind of byTurns) {
      const url = fresh(waiting[kind])
      if (!url) continue
      taken[kind]++
      return url
    }
    return undefined
  }

  const door = (): string | undefined => {
    if (known.size > 0 || doors >= MAX_DOORS) return undefined
    doors++
    return fresh(waiting.other)
  }

  const guess = (): string | undefined => {
    const origin = new URL(start).origin
    const language = german.test(new URL(start).hostname) ? 'de' : (languageOf() ?? 'en')
    const paths = wellKnown[language] ?? wellKnown.en ?? {}
    guesses ??= kinds
      .filter((kind) => !known.has(kind))
      .flatMap((kind) => paths[kind] ?? [])
      .map((path) => origin + path)
    return fresh(guesses)
  }

  return {
    learn(page, links, found, sameSite) {
      for (const { url, inPlace } of found) if (inPlace || sameSite(url)) parts.push(url)
      for (const { url, kind } of links) {
        if (!sameSite(url)) continue
        if (kind === 'other' && page.url !== start) continue
        waiting[kind].push(url)
        if (kind !== 'other') known.add(kind)
      }
      waiting.other.sort((a, b) => a.length - b.length)
    },
    arrived: (asked, url) => mark(url) || (asked !== url && addressKey(new URL(asked)) === addressKey(new URL(url))),
    next() {
      const part = fresh(parts)
      if (part) return { url: part, part: true, guessed: false }
      const url = ofKinds() ?? door()
      if (url) return { url, part: false, guessed: false }
      const guessed = guess()
      return guessed ? { url: guessed, part: false, guessed: true } : undefined
    },
  }
}
