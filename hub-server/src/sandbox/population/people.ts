import { companyAt, patternOf, placeOfCompany } from './companies.ts'
import { peopleOf, placeOf } from './crowd.ts'
import { facet, type Dice } from './dice.ts'
import type { Domains } from './domains.ts'
import type { Ids } from './ids.ts'
import { bossJob, jobOf, type Job } from './jobs.ts'
import { localOf, personMailOf, privateDomainOf, disposableDomains, freeDomains } from './mail.ts'
import { places, reservedPhone } from './places.ts'
import type { SandboxPerson } from './types.ts'
import { firstNames, lastNames, letters, type FirstName } from './words.ts'
import { before, withoutEnd } from '../../contracts/text/trim.ts'

const FIRST = facet('person.first')
const LAST = facet('person.last')
const DEPARTMENT = facet('person.department')
const HEIGHT = facet('person.height')
const PHONE = facet('person.phone')
const MOBILE = facet('person.mobile')
const AWAY = facet('person.away')
const PLACE = facet('person.place')

export interface Name {
  readonly first: FirstName
  readonly last: string
}

export interface People {
  readonly at: (index: number) => SandboxPerson
  readonly emailOf: (index: number) => string
  /** Null where nobody has it. Takes any case and +tags. */
  readonly indexOfEmail: (local: string, domain: string) => number | null
  /** From in/<handle>, a handle, or an address. */
  readonly indexOfLinkedin: (address: string) => number | null
  /** By full name, in any case, among the people of a company. */
  readonly indexOfName: (company: number, fullName: string) => number | null
}

const shown = /^[a-z]+-[a-z]+-([0-9a-z]{1,8})$/
const privateLocal = /^[a-z]+\.[a-z]+\.([0-9a-z]{1,8})$/

/** People as pure functions of seed and index, and the ways back from what is known about them. */
export const createPeople = (dice: Dice, domains: Domains, ids: Ids): People => {
  // Nine people of one company get nine first and nine last names: nine steps of 7 or 11 never go round the lists.
  const nameAt = (company: number, slot: number): Name => {
    const first = firstNames[(dice.number(FIRST, company) + slot * 7) % firstNames.length]
    const last = lastNames[(dice.number(LAST, company) + slot * 11) % lastNames.length]
    if (!first || !last) throw new RangeError('The lists of names are empty.')
    return { first, last }
  }

  const nameOf = (index: number): Name => {
    const { company, slot } = placeOf(index)
    return nameAt(company, slot)
  }

  const emailAt = (index: number, company: number, { first, last }: Name): string => {
    const mail = personMailOf(dice, index)
    if (mail === 'disposable' || mail === 'free') {
      return `${letters(first.text)}.${letters(last)}.${index.toString(36)}@${privateDomainOf(dice, index, mail)}`
    }
    return `${localOf(patternOf(dice, company), letters(first.text), letters(last))}@${domains.domainOf(company)}`
  }

  const handleOf = (index: number, { first, last }: Name): string =>
    `${letters(first.text)}-${letters(last)}-${index.toString(36)}`

  /** The colleague for whom a claim holds. */
  const among = (company: number, holds: (name: Name, index: number) => boolean): number | null => {
    const { first, count } = peopleOf(company)
    for (let slot = 0; slot < count; slot++) if (holds(nameAt(company, slot), first + slot)) return first + slot
    return null
  }

  return {
    at: (index) => {
      const { company, slot } = placeOf(index)
      const name = nameAt(company, slot)
      const at = dice.fraction(AWAY, index) < 0.1 ? dice.pick(PLACE, index, places) : placeOfCompany(dice, company)
      const job: Job =
        slot === 0
          ? bossJob(dice.number(DEPARTMENT, index))
          : jobOf(dice.number(DEPARTMENT, index), dice.fraction(HEIGHT, index))
      return {
        index,
        id: ids.of('person', index),
        firstName: name.first.text,
        lastName: name.last,
        fullName: `${name.first.text} ${name.last}`,
        gender: name.first.gender,
        ...job,
        email: emailAt(index, company, name),
        phone: reservedPhone(at.area, dice.number(PHONE, index)),
        mobile: reservedPhone(at.area, dice.number(MOBILE, index)),
        linkedin: `https://www.linkedin.com/in/${handleOf(index, name)}`,
        city: at.city,
        state: at.state,
        country: at.country,
        company: companyAt(dice, domains, ids, company),
      }
    },
    emailOf: (index) => emailAt(index, placeOf(index).company, nameOf(index)),
    indexOfEmail: (given, domain) => {
      const local = before(given.toLowerCase(), '+')
      if (disposableDomains.includes(domain) || freeDomains.includes(domain)) {
        const index = Number.parseInt(privateLocal.exec(local)?.[1] ?? '', 36)
        if (!Number.isSafeInteger(index)) return null
        return emailAt(index, placeOf(index).company, nameOf(index)) === `${local}@${domain}` ? index : null
      }
      const company = domains.indexOfDomain(domain)
      if (company === null || domain.startsWith('www.')) return null
      const pattern = patternOf(dice, company)
      return among(company, ({ first, last }, index) => {
        if (localOf(pattern, letters(first.text), letters(last)) !== local) return false
        const mail = personMailOf(dice, index)
        return mail !== 'disposable' && mail !== 'free'
      })
    },
    indexOfLinkedin: (address) => {
      const handle = withoutEnd(address.trim().toLowerCase(), /[/?#]/).replace(/^.*\bin\//, '')
      const index = Number.parseInt(shown.exec(handle)?.[1] ?? '', 36)
      return Number.isSafeInteger(index) && handleOf(index, nameOf(index)) === handle ? index : null
    },
    indexOfName: (company, fullName) => {
      const wanted = letters(fullName)
      return among(company, ({ first, last }) => letters(first.text) + letters(last) === wanted)
    },
  }
}
