import type { Shown } from '../population/population.ts'
import type { SandboxCompany, SandboxPerson } from '../population/types.ts'
import { addressAs, isOpen, type Mark } from './addresses.ts'
import type { Flavour } from './flavour.ts'
import { escaped } from './html.ts'

/** A person of a team page, as the website's manner has it. */
export const personCard = (person: SandboxPerson, shown: Shown, { markup, writing }: Flavour): string => {
  const [name, title] = [escaped(person.fullName), escaped(person.title)]
  const email = (mark: Mark = {}): string => (shown === 'with-email' ? addressAs(writing, person.email, mark) : '')
  const link = (attribute = ''): string =>
    person.index % 3 === 0 ? ` <a${attribute} href="${person.linkedin}">LinkedIn</a>` : ''
  switch (markup) {
    case 'microdata':
      return (
        `<div itemscope itemtype="https://schema.org/Person"><h3 itemprop="name">${name}</h3><p ` +
        `itemprop="jobTitle">${title}</p>${email({ itemprop: 'email' })}${link(' itemprop="sameAs"')}</div>`
      )
    case 'hcard':
      return (
        `<div class="h-card"><h3 class="p-name">${name}</h3><p ` +
        `class="p-job-title">${title}</p>${email({ class: 'u-email' })}${link(' class="u-url"')}</div>`
      )
    case 'json-ld':
    case 'plain':
      return `<div class="member"><h3>${name}</h3><p class="role">${title}</p><p>${email()}${link()}</p></div>`
  }
}

/** The company and the people that its page shows, as schema.org's JSON-LD. */
export const jsonLd = (
  company: SandboxCompany,
  people: readonly SandboxPerson[],
  shownOf: (person: SandboxPerson) => Shown,
  { writing }: Flavour,
): string => {
  const { street, city, state, postcode, country } = company.address
  const content = {
    '@context': 'https://schema.org',
    '@type': 'Organization',
    name: company.name,
    url: company.website,
    telephone: company.phone,
    ...(isOpen(writing) && { email: company.email }),
    address: {
      '@type': 'PostalAddress',
      streetAddress: street,
      addressLocality: city,
      addressRegion: state,
      postalCode: postcode,
      addressCountry: country,
    },
    sameAs: [company.linkedin],
    ...(people.length > 0 && {
      employee: people.map((person) => ({
        '@type': 'Person',
        name: person.fullName,
        jobTitle: person.title,
        ...(isOpen(writing) && shownOf(person) === 'with-email' && { email: `mailto:${person.email}` }),
      })),
    }),
  }
  // "</" would end the script.
  return `<script type="application/ld+json">${JSON.stringify(content).replace(/</g, '\\u003c')}</script>`
}
