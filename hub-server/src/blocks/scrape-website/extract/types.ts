/** What one page says about the company that owns it. Every list is free of repetitions. */
export interface PageFacts {
  /** the page's main language, two letters (ISO 639-1) */
  language?: string
  emails: EmailFact[]
  phones: PhoneFact[]
  company: CompanyFacts
  people: PersonFact[]
  social: SocialProfiles
  links: PageLink[]
}

export type FactSource = 'text' | 'mailto' | 'json-ld' | 'microdata'

export interface EmailFact {
  /** lower case */
  value: string
  source: FactSource
  /** true for info@, sales@ and their like: a desk, not a person */
  role: boolean
}

export type PhoneKind = 'phone' | 'fax' | 'mobile'

export interface PhoneFact {
  /** E.164, for example +12025550123 */
  value: string
  /** as dialled inside its own country, for example (202) 555-0123 */
  national?: string
  extension?: string
  kind: PhoneKind
  source: 'text' | 'tel' | 'json-ld' | 'microdata'
}

export interface Address {
  street?: string
  city?: string
  state?: string
  postcode?: string
  /** ISO 3166-1 alpha-2 where it is known, else as written */
  country?: string
}

export interface CompanyFacts {
  name?: string
  /** with its legal form: "Acme Ltd", "Acme GmbH" */
  legalName?: string
  /** the first, and most likely the main, of `addresses` */
  address?: Address
  addresses: Address[]
}

export interface PersonFact {
  name: string
  title?: string
  email?: string
  phone?: string
  linkedin?: string
  source: 'json-ld' | 'microdata' | 'hcard' | 'text'
}

export type SocialNetwork =
  'linkedin' | 'facebook' | 'x' | 'instagram' | 'youtube' | 'xing' | 'github' | 'tiktok' | 'pinterest' | 'vimeo'

export type SocialProfiles = Partial<Record<SocialNetwork, string>>

export type LinkKind = 'contact' | 'about' | 'team' | 'imprint' | 'other'

export interface PageLink {
  /** absolute, without a fragment, on the page's own site */
  url: string
  kind: LinkKind
}
