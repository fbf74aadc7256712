import { Type } from 'typebox'
import { Line, Moment, Text } from '../../contracts/bounded.ts'
import { askOptions, choice, shown, type BlockContract } from '../../contracts/block.ts'
import { Verdict } from '../../contracts/lead.ts'

export const contract = {
  id: 'verify-email',
  name: 'Verify Email',
  description: 'Says whether mail to an address arrives: free checks first, then the connected services',
  item: Type.Object({
    email: Type.Optional(
      Type.String({
        ...shown({ title: 'E-Mail', description: 'The address to verify' }),
        maxLength: 1000,
        examples: ['anna@acme.example'],
      }),
    ),
  }),
  options: Type.Object({
    depth: choice(
      { full: 'Free Checks, Then Services', free: 'Free Checks Only', services: 'Services Only' },
      {
        title: 'Checks',
        description: 'Free checks: syntax, typing errors, throw-away and role addresses, mail server',
        default: 'full',
      },
    ),
    ...askOptions('verifyEmail'),
  }),
  output: Type.Object({
    verdict: Verdict,
    verdictReason: Line({ description: 'Why, in a sentence' }),
    verifiedBy: Line({ description: '"built-in" or the connector' }),
    verifiedAt: Moment(),
    emailChecks: Type.Object({
      isFree: Type.Optional(Type.Boolean()),
      isRole: Type.Optional(Type.Boolean()),
      isDisposable: Type.Optional(Type.Boolean()),
      isCatchAll: Type.Optional(Type.Boolean()),
      hasMailServer: Type.Optional(Type.Boolean()),
      suggestion: Type.Optional(Text()),
    }),
  }),
  needs: [{ oneOf: ['email'] }],
  counted: 'verdict',
} satisfies BlockContract
