import { Type } from 'typebox'
import { Line, Real } from '../contracts/bounded.ts'
import { Company } from '../contracts/lead.ts'
import { capability } from './capability.ts'

export const locateIp = capability({
  name: 'locateIp',
  group: 'Enrich',
  description: 'Says where an IP address is, and whose it is',
  effect: 'read',
  expiryDays: 7,
  input: Type.Object({
    ip: Type.String({ minLength: 2, maxLength: 45, description: 'IPv4 or IPv6 address of a visitor' }),
  }),
  output: Type.Object({
    country: Type.Optional(Line({ description: 'ISO 3166 alpha-2 code' })),
    state: Type.Optional(Line()),
    city: Type.Optional(Line()),
    postcode: Type.Optional(Line()),
    latitude: Type.Optional(Real()),
    longitude: Type.Optional(Real()),
    timezone: Type.Optional(Line({ description: 'e.g. Europe/Berlin' })),
    network: Type.Optional(Line({ description: 'The network that the address belongs to, as 192.0.2.0/24' })),
    organization: Type.Optional(Line({ description: 'Whose network it is, in the vendor’s words' })),
    company: Type.Optional(Company),
    confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  }),
  key: ({ ip }) => ip.trim().toLowerCase(),
})
