import { sameAddress } from './address-formats.ts'
import { findAddresses } from './addresses.ts'
import { findCompany } from './company.ts'
import { likelyCountries } from './country.ts'
import { findEmails } from './emails.ts'
import { pageLanguage } from './language.ts'
import { findLinks } from './links.ts'
import { findPeople } from './people.ts'
import { findPhones } from './phones.ts'
import { findSocial } from './social.ts'
import { readStructured } from './structured.ts'
import type { Address, PageFacts } from './types.ts'
import { viewPage } from './view.ts'

/**
 * Everything a lead hub wants from one fetched page. Pure: no network, no clock. Bounded: see trim.ts for the limits.
 * @param page `url` absolute, after redirects; `html` decoded text; `contentType` as the server sent it: anything but
 * HTML or
 *   plain text gives no facts
 * @throws TypeError when `url` is not an absolute address
 */
export function extractPage(page: { url: string; html: string; contentType?: string }): PageFacts {
  const readable = !page.contentType || /html|xml|text\/plain/i.test(page.contentType)
  const view = viewPage({ url: page.url, html: readable ? page.html : '' })
  const structured = readStructured(view.$)
  const countries = likelyCountries(view, structured.countries)
  const addresses = merge(structured.addresses, findAddresses(view, countries))
  const language = pageLanguage(view)
  return {
    ...(language ? { language } : {}),
    emails: findEmails(view, structured.emails),
    phones: findPhones(view, countries, structured.phones),
    company: findCompany(view, structured, addresses),
    people: findPeople(view, countries, structured.people),
    social: findSocial(view, structured.sameAs),
    links: findLinks(view),
  }
}

function merge(first: readonly Address[], second: readonly Address[]): Address[] {
  const all: Address[] = []
  for (const address of [...first, ...second]) if (!all.some((one) => sameAddress(one, address))) all.push(address)
  return all
}
