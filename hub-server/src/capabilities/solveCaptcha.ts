import { Type } from 'typebox'
import { Document, Id, Line, Text, Url } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

export const solveCaptcha = capability({
  name: 'solveCaptcha',
  group: 'Scrape',
  description: 'Solves a puzzle that a page shows to robots',
  effect: 'read',
  expiryDays: 0,
  input: Type.Object({
    kind: Type.Unsafe<'recaptcha_v2' | 'recaptcha_v3' | 'hcaptcha' | 'turnstile' | 'image'>({
      type: 'string',
      enum: ['recaptcha_v2', 'recaptcha_v3', 'hcaptcha', 'turnstile', 'image'],
    }),
    url: Type.Optional(Url({ description: 'Address of the page; for all kinds but image' })),
    siteKey: Type.Optional(Id({ description: 'The page’s key for the puzzle; for all kinds but image' })),
    invisible: Type.Optional(Type.Boolean({ description: 'recaptcha_v2 without a box to tick' })),
    action: Type.Optional(Line({ description: 'recaptcha_v3, turnstile: the page’s name of the action' })),
    leastScore: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'recaptcha_v3: the score that the page wants' }),
    ),
    image: Type.Optional(Document({ description: 'The picture, base64' })),
  }),
  output: Type.Object({
    solution: Text({ description: 'The text of the picture, or the token that the page wants' }),
    userAgent: Type.Optional(Id({ description: 'The browser’s name that the token is good for' })),
  }),
  key: exactKey,
})
