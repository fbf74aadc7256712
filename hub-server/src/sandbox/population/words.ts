// The English data alone: the whole of faker costs 10 MB more.
import { faker } from '@faker-js/faker/locale/en'
import { roleNames } from './roles.ts'

export interface FirstName {
  readonly text: string
  readonly gender: 'female' | 'male'
}

/** The letters of a name as they stand in an address. */
export const letters = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '')

const data = faker.rawDefinitions

/** Each once, by the letters that an address shows, so that two names never give one address. */
const distinct = <Item>(items: readonly Item[], shown: (item: Item) => string): Item[] => {
  const seen = new Set<string>(roleNames)
  return items.filter((item) => {
    const key = shown(item)
    return key.length > 1 && !seen.has(key) && seen.add(key)
  })
}

const words = (list: readonly string[] | null | undefined): string[] =>
  distinct(
    (list ?? []).filter((word) => /^[a-z]{3,10}$/.test(word)),
    (word) => word,
  )

const named = (gender: FirstName['gender']): FirstName[] => {
  const list = data.person?.first_name?.[gender] ?? []
  return list.map((text) => ({ text, gender }))
}

export const adjectives: readonly string[] = words(data.word?.adjective)
export const nouns: readonly string[] = words(data.word?.noun)
export const firstNames: readonly FirstName[] = distinct([...named('female'), ...named('male')], (name) =>
  letters(name.text),
)
export const lastNames: readonly string[] = distinct(data.person?.last_name?.generic ?? [], letters)
