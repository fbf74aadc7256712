import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { visibleText } from './plain-text.ts'

/**
 * A phone number in E.164, whatever its spelling; undefined for what is none, or whose country nobody said.
 * @param country ISO 3166 alpha-2, for a number written as dialled at home; anything else counts as not known
 */
export const phoneNumber = (text: string, country?: string): string | undefined => {
  const home = country?.trim().toUpperCase()
  const given = visibleText(text).replace(/^tel:/i, '')
  const phone = parsePhoneNumberFromString(given, {
    extract: false,
    ...(home && isSupportedCountry(home) && { defaultCountry: home }),
  })
  return phone?.isPossible() ? phone.number : undefined
}
