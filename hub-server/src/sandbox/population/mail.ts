import { facet, type Dice } from './dice.ts'

/** How a company's domain takes mail. */
export type MailService = 'normal' | 'catch-all' | 'none'

/** Throw-away domains. The hub's own list does not know them; the vendors do. */
export const disposableDomains: readonly string[] = [
  'mailinator-like.example',
  'ten-minute-inbox.example',
  'throw-away-post.example',
]
export const freeDomains: readonly string[] = ['free-mail-for-all.example', 'web-letters-here.example']

const [SERVICE, PERSON, DOMAIN] = [facet('mail.service'), facet('mail.person'), facet('mail.domain')]

export const mailServiceOf = (dice: Dice, company: number): MailService => {
  const at = dice.fraction(SERVICE, company)
  if (at < 0.02) return 'none'
  return at < 0.09 ? 'catch-all' : 'normal'
}

/** What became of a person's mailbox, were the company's mail normal. */
export type PersonMail = 'alive' | 'dead' | 'greylisted' | 'disposable' | 'free'

export const personMailOf = (dice: Dice, person: number): PersonMail => {
  const at = dice.fraction(PERSON, person)
  if (at < 0.06) return 'dead'
  if (at < 0.1) return 'greylisted'
  if (at < 0.115) return 'disposable'
  return at < 0.13 ? 'free' : 'alive'
}

/** The domain of a person's private or throw-away address. */
export const privateDomainOf = (dice: Dice, person: number, kind: 'disposable' | 'free'): string =>
  dice.pick(DOMAIN, person, kind === 'free' ? freeDomains : disposableDomains)

/** The patterns of addresses, in the words that vendors use. Each gives nine people of one company nine addresses. */
export const patterns = [
  '{first}.{last}',
  '{first}.{last}',
  '{f}{last}',
  '{first}',
  '{f}.{last}',
  '{first}_{last}',
  '{last}',
] as const
export type Pattern = (typeof patterns)[number]

export const localOf = (pattern: Pattern, first: string, last: string): string => {
  switch (pattern) {
    case '{first}.{last}':
      return `${first}.${last}`
    case '{first}_{last}':
      return `${first}_${last}`
    case '{f}{last}':
      return `${first.charAt(0)}${last}`
    case '{f}.{last}':
      return `${first.charAt(0)}.${last}`
    case '{first}':
      return first
    case '{last}':
      return last
  }
}
