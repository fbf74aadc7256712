import { Type } from 'typebox'
import { Text } from '../contracts/bounded.ts'
import { Verdict } from '../contracts/lead.ts'
import { capability } from './capability.ts'

export const verifyEmail = capability({
  name: 'verifyEmail',
  group: 'Verify',
  description: 'Says whether mail to an address arrives',
  effect: 'read',
  expiryDays: 30,
  input: Type.Object({ email: Type.String({ minLength: 1, maxLength: 320 }) }),
  output: Type.Object({
    status: Verdict,
    reason: Type.Optional(Text({ description: 'Why, in the vendor’s words' })),
    score: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    isFree: Type.Optional(Type.Boolean({ description: 'At a free mail provider' })),
    isRole: Type.Optional(Type.Boolean({ description: 'A function (info@), not a person' })),
    isDisposable: Type.Optional(Type.Boolean({ description: 'A throw-away address' })),
    isCatchAll: Type.Optional(Type.Boolean({ description: 'The server accepts every address' })),
    suggestion: Type.Optional(Text({ description: 'What was probably meant' })),
  }),
  key: ({ email }) => email.trim().toLowerCase(),
  person: ({ email }) => ({ email }),
})
