import { Type } from 'typebox'
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
    country: Type.Optional(Type.String({ description: 'ISO 3166 alpha-2 code' })),
    state: Type.Optional(Type.String()),
    city: Type.Optional(Type.String()),
    postcode: Type.Optional(Type.String()),
    latitude: Type.Optional(Type.Number()),
    longitude: Type.Optional(Type.Number()),
    timezone: Type.Optional(Type.String({ description: 'e.g. Europe/Berlin' })),
    network: Type.Optional(Type.String({ description: 'The network that the address belongs to, as 192.0.2.0/24' })),
    organization: Type.Optional(Type.String({ description: 'Whose network it is, in the vendor’s words' })),
    company: Type.Optional(Company),
    confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  }),
  key: ({ ip }) => ip.trim().toLowerCase(),
})
