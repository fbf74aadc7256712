import { Type, type Static } from 'typebox'
import { Duration, Expr, Fields, Optional, Value } from './parts.ts'

/** How we know that it was the vendor who called: a signature over the body, or a token that only both know. */
const Verify = Fields({
  hmac: Optional(Type.Unsafe<'sha1' | 'sha256' | 'sha512'>({ type: 'string', enum: ['sha1', 'sha256', 'sha512'] })),
  secret: Optional(Expr('hmac: the key, over the account’s fields')),
  over: Optional(Expr('hmac: what is signed, over {body, headers, url, method}; default the body')),
  encoding: Optional(
    Type.Unsafe<'hex' | 'base64'>({ type: 'string', enum: ['hex', 'base64'], description: 'default hex' }),
  ),
  prefix: Optional(Type.String({ description: 'What stands before the signature, e.g. sha256=' })),
  token: Optional(Expr('token: what must be in the header or query, over the account’s fields')),
  header: Optional(Type.String()),
  query: Optional(Type.String()),
  time: Optional(
    Fields({
      header: Type.String(),
      within: Duration('Older deliveries are refused'),
      in: Optional(Type.Unsafe<'seconds' | 'milliseconds'>({ type: 'string', enum: ['seconds', 'milliseconds'] })),
    }),
  ),
})

export const Receive = Fields({
  docs: Optional(Type.String()),
  verify: Verify,
  each: Optional(Expr('The list of things that happened')),
  delivery: Optional(Expr('What tells a repeated delivery')),
  read: Value,
})
export type Receive = Static<typeof Receive>
