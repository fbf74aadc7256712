import { isRoleName } from '../../leads/roles/roles.ts'
import type { PersonFact } from './extract/types.ts'
import { isMadeFrom, mayBeSameName, sameName } from './names.ts'
import type { ReadPage } from './readSite.ts'

/** A person of a website, put together from all its pages. */
export interface FoundPerson {
  name?: string
  title?: string
  email?: string
  phone?: string
  linkedin?: string
  /** The page it stands on; the one with the e-mail address where there is one. */
  source: string
}

export interface FoundAddress {
  readonly email: string
  readonly source: string
}

export interface FoundContacts {
  readonly people: FoundPerson[]
  /** Addresses of a function. */
  readonly general: FoundAddress[]
}

const localOf = (email: string): string => email.slice(0, email.lastIndexOf('@'))

/** info@, and acme@acme.example: nobody's own. */
const isGeneral = (email: string, role: boolean): boolean => {
  const local = localOf(email)
  const label =
    email
      .slice(email.lastIndexOf('@') + 1)
      .split('.')
      .at(-2) ?? ''
  return role || isRoleName(local) || local.replace(/[^a-z0-9]/g, '') === label.replace(/[^a-z0-9]/g, '')
}

const isSame = (known: FoundPerson, found: FoundPerson): boolean => {
  const names = [known.name, found.name] as const
  const noContradiction = !names[0] || !names[1] || mayBeSameName(names[0], names[1])
  if (known.email && known.email === found.email) return noContradiction
  if (known.linkedin && known.linkedin === found.linkedin) return noContradiction
  const otherAddress = known.email && found.email
  return !otherAddress && names[0] !== undefined && names[1] !== undefined && sameName(names[0], names[1])
}

/** Adds what is new; what is there stays, the longer name wins. */
const join = (known: FoundPerson, found: FoundPerson): void => {
  if (!known.email && found.email) known.source = found.source
  known.name = (found.name?.length ?? 0) > (known.name?.length ?? 0) ? found.name : known.name
  known.title ??= found.title
  known.email ??= found.email
  known.phone ??= found.phone
  known.linkedin ??= found.linkedin
}

const personOf = ({ name, title, email, phone, linkedin }: PersonFact, source: string): FoundPerson => ({
  name,
  title,
  ...(email && !isGeneral(email, false) && { email: email.toLowerCase() }),
  phone,
  linkedin,
  source,
})

/**
 * Each person once (by e-mail, LinkedIn or name) and each general address once, whatever pages they stand on. An
 * address that nobody is named with goes to the one person whose name it is made from, else it is a person by itself.
 */
export const mergeContacts = (pages: readonly ReadPage[]): FoundContacts => {
  const people: FoundPerson[] = []
  const general = new Map<string, FoundAddress>()

  const addPerson = (found: FoundPerson): void => {
    const known = people.find((person) => isSame(person, found))
    if (known) return join(known, found)
    // One address under two names belongs to the first; the second is still somebody.
    if (found.email && people.some(({ email }) => email === found.email)) people.push({ ...found, email: undefined })
    else people.push(found)
  }

  const addAddress = (email: string, source: string): void => {
    if (people.some((person) => person.email === email)) return
    const owners = people.filter(({ email: own, name }) => !own && name && isMadeFrom(localOf(email), name))
    const owner = owners[0]
    if (owner && owners.length === 1) join(owner, { email, source })
    else people.push({ email, source })
  }

  for (const { url, facts } of pages) {
    for (const person of facts.people) {
      if (person.email && isGeneral(person.email, false)) {
        const email = person.email.toLowerCase()
        if (!general.has(email)) general.set(email, { email, source: url })
      }
      addPerson(personOf(person, url))
    }
  }
  for (const { url, facts } of pages) {
    for (const { value, role } of facts.emails) {
      const email = value.toLowerCase()
      if (!isGeneral(email, role)) addAddress(email, url)
      else if (!general.has(email)) general.set(email, { email, source: url })
    }
  }
  return { people, general: [...general.values()] }
}
