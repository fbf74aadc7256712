import { faker as de } from '@faker-js/faker/locale/de'
import { faker as en } from '@faker-js/faker/locale/en'
import { faker as india } from '@faker-js/faker/locale/en_IN'
import { faker as es } from '@faker-js/faker/locale/es'
import { faker as fr } from '@faker-js/faker/locale/fr'
import { faker as it } from '@faker-js/faker/locale/it'
import { faker as nl } from '@faker-js/faker/locale/nl'

function build(): Set<string> {
  const names = new Set<string>()
  for (const { rawDefinitions } of [en, de, nl, fr, es, it, india]) {
    const lists = rawDefinitions.person?.first_name
    for (const list of Object.values(lists ?? {})) for (const name of list ?? []) names.add(name.toLowerCase())
  }
  for (const short of SHORT_FORMS) names.add(short)
  return names
}

const SHORT_FORMS = `
  bob bill will jim joe tom tim dan dave mike nick rick rob ron steve stu sue ted tony vic walt andy ben chris
  chuck don ed fred gus hal jack jeff jen jess kate ken kim larry liz lou matt max meg pam pat pete phil ray
  sam sandy terry val vicky wes zach
`
  .trim()
  .split(/\s+/)

/** Some 7,000 given names in small letters, from faker's lists for the hub's languages: about 20 MB and 0.1 s, once. */
const GIVEN_NAMES: ReadonlySet<string> = build()

/** True when a word is a usual given name; "Anna-Lena" and "Jean-Paul" by their first half. */
export function isGivenName(word: string): boolean {
  const plain = word.toLowerCase().replace(/\.$/, '')
  return GIVEN_NAMES.has(plain) || GIVEN_NAMES.has(plain.split('-')[0] ?? '')
}
