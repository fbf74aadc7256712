import type { Population } from '../population/population.ts'
import type { SandboxCompany, SandboxPerson } from '../population/types.ts'
import { addressAs } from './addresses.ts'
import { flavourOf, type Flavour } from './flavour.ts'
import { documentOf, escaped, htmlPage, notFound, redirectTo, textPage, type Page } from './html.ts'
import { jsonLd, personCard } from './person-card.ts'

/** (212) 555-0123, as it is written there. */
const national = (phone: string): string => `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`

const robotsOf = (flavour: Flavour): Page => {
  switch (flavour.robots) {
    case 'none':
      return notFound
    case 'open':
      return textPage('User-agent: *\nDisallow:\n')
    case 'part':
      return textPage('User-agent: *\nDisallow: /intern/\nDisallow: /search\n')
    case 'delay':
      return textPage('User-agent: *\nCrawl-delay: 1\nDisallow: /search\n')
  }
}

/**
 * A page of a company's website: home, contact, team, about, imprint, and one that robots are asked to leave alone.
 * Always the same for the same population; a company's website has no trap.
 */
export const companyPage = (population: Population, company: SandboxCompany, path: string): Page => {
  const flavour = flavourOf(population, company)
  const { paths } = flavour
  if (path === '/robots.txt') return robotsOf(flavour)

  const address = (of: string): string => addressAs(flavour.writing, of)
  const { street, city, state, postcode, country } = company.address
  const where = [street, `${postcode} ${city}`, state, country].map(escaped).join('<br>')
  const takesMail = (population.resolveMx(company.domain) ?? []).length > 0

  const page = (title: string, main: string, people: readonly SandboxPerson[] = []): Page =>
    htmlPage(
      documentOf({
        title: `${title} – ${company.name}`,
        head: flavour.markup === 'json-ld' ? jsonLd(company, people, population.shownOnWebsite, flavour) : '',
        nav: [
          ['/', 'Home'],
          [paths.about, 'About'],
          [paths.team, 'Team'],
          [paths.contact, 'Contact'],
          [paths.imprint, 'Imprint'],
          ['/news', 'News'],
        ],
        main,
        footer: `<p>© ${escaped(company.name)} · <a href="${company.linkedin}">LinkedIn</a></p>`,
      }),
    )

  switch (path) {
    case '/':
    case '/index.html':
      return page(
        company.industry,
        `<h1>${escaped(company.name)}</h1><p>${escaped(company.description)}</p><p>Call us: <a ` +
          `href="tel:${company.phone}">${national(company.phone)}</a></p>`,
      )
    case paths.contact:
      return page(
        'Contact',
        `<h1>Contact</h1><p>${where}</p><p>Phone: ` +
          `${national(company.phone)}</p>${takesMail ? `<p>${address(company.email)}</p>` : ''}`,
      )
    case paths.about:
      return page(
        'About',
        `<h1>About us</h1><p>${escaped(company.description)} Founded in ${company.founded}, we are ` +
          `${company.employees} people today.</p>`,
      )
    case paths.team: {
      const people = population.peopleOf(company.index).filter((person) => population.shownOnWebsite(person) !== 'not')
      const cards = people.map((person) => personCard(person, population.shownOnWebsite(person), flavour)).join('\n')
      return page('Team', `<h1>Our team</h1>\n${cards || '<p>We are many, and we are shy.</p>'}`, people)
    }
    case paths.imprint: {
      const [head] = population.peopleOf(company.index)
      return page(
        'Imprint',
        `<h1>Imprint</h1><p>${escaped(company.name)}<br>${where}</p><p>Represented by: ` +
          `${escaped(head?.fullName ?? '')}</p>${takesMail ? `<p>E-mail: ${address(company.email)}</p>` : ''}`,
      )
    }
    case '/news':
      return page(
        'News',
        `<h1>News</h1><p>Visit us at the fair in ${escaped(city)}.</p><p><a href="/intern/people">Staff only</a></p>`,
      )
    case '/intern/people':
      // Robots that obey never see this page: who finds this address has not obeyed.
      return page('Staff', `<h1>Staff</h1><p>${address(`read-against-robots@${company.domain}`)}</p>`)
    default:
      return path.length > 1 && path.endsWith('/') ? redirectTo(path.slice(0, -1)) : notFound
  }
}
