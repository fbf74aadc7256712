import { createDice, facet } from '../population/dice.ts'
import type { Population } from '../population/population.ts'
import type { SandboxCompany } from '../population/types.ts'

/** How a website says who is who, in a way that machines read. */
export type Markup = 'json-ld' | 'microdata' | 'hcard' | 'plain'
/** How a website writes an e-mail address. */
export type Writing = 'mailto' | 'text' | 'at' | 'entities' | 'cfemail' | 'mailto-encoded'
export type Robots = 'none' | 'open' | 'part' | 'delay'

/** The manner of one company's website. */
export interface Flavour {
  readonly markup: Markup
  readonly writing: Writing
  readonly robots: Robots
  readonly paths: Readonly<Record<'contact' | 'team' | 'about' | 'imprint', string>>
}

const MARKUP = facet('website.markup')
const WRITING = facet('website.writing')
const ROBOTS = facet('website.robots')
const PATHS = facet('website.paths')

const robots: readonly Robots[] = ['none', 'none', 'none', 'open', 'open', 'open', 'open', 'part', 'part', 'delay']

export const flavourOf = (population: Population, company: SandboxCompany): Flavour => {
  const dice = createDice(population.seed)
  const at = company.index
  return {
    markup: dice.pick(MARKUP, at, ['json-ld', 'microdata', 'hcard', 'plain', 'plain']),
    writing: dice.pick(WRITING, at, [
      'mailto',
      'mailto',
      'mailto',
      'text',
      'at',
      'entities',
      'cfemail',
      'mailto-encoded',
    ]),
    robots: dice.pick(ROBOTS, at, robots),
    paths: {
      contact: dice.pick(PATHS, at, ['/contact', '/contact-us', '/contact.html', '/get-in-touch']),
      team: dice.pick(PATHS, at + 1, ['/team', '/our-team', '/about/team', '/people', '/leadership']),
      about: dice.pick(PATHS, at + 2, ['/about', '/about-us', '/company']),
      imprint:
        company.address.country === 'DE' || company.address.country === 'AT'
          ? '/impressum'
          : dice.pick(PATHS, at + 3, ['/imprint', '/legal', '/legal-notice']),
    },
  }
}
