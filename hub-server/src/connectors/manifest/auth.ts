import { Type, type Static } from 'typebox'
import { Duration, Expr, Fields, Optional, Value } from './parts.ts'
import { requestFields } from './request.ts'

const Values = Type.Record(Type.String(), Value)

/**
 * Holds for an account whose fields have these values, such as {login: oauth}: so an account may log in in several
 * ways.
 */
const If = Optional(
  Type.Record(Type.String(), Type.String(), { description: 'Only where these fields have these values' }),
)

export const AuthField = Fields({
  label: Type.String({ maxLength: 200 }),
  help: Optional(Type.String({ maxLength: 2_000, description: 'Where to find it' })),
  secret: Optional(Type.Boolean()),
  optional: Optional(Type.Boolean()),
  default: Optional(Type.String({ maxLength: 2_000 })),
  choices: Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 })),
  if: If,
})

export const Sign = Fields({
  algorithm: Type.String({ description: 'e.g. RS256, ES256, HS256' }),
  key: Expr('The private key (PEM) or, for HS…, the secret'),
  lifetime: Duration('How long the signed token is good'),
  claims: Values,
  header: Optional(Values),
})

const TokenRead = Fields({
  access: Optional(Expr('default =access_token')),
  refresh: Optional(Expr('default =refresh_token')),
  expiresIn: Optional(
    Type.Unsafe<number | string>({
      type: ['number', 'string'],
      description: 'Seconds, or JSONata; default =expires_in',
    }),
  ),
  extra: Optional(Values),
})

/** How a token that expires is had. The form defaults to what OAuth 2.0 (RFC 6749, 7523) says for the grant. */
export const Token = Fields({
  grant: Type.Unsafe<'login' | 'client_credentials' | 'authorization_code' | 'jwt'>({
    type: 'string',
    enum: ['login', 'client_credentials', 'authorization_code', 'jwt'],
  }),
  if: If,
  ...requestFields,
  scopes: Optional(Type.Array(Type.String())),
  client: Optional(
    Type.Unsafe<'form' | 'basic'>({
      type: 'string',
      enum: ['form', 'basic'],
      description: 'How clientId and clientSecret are shown; default form',
    }),
  ),
  authorize: Optional(
    Type.String({
      description: 'authorization_code: the page that asks the person, a path on the same server or an address',
    }),
  ),
  authorizeQuery: Optional(Values),
  pkce: Optional(Type.Boolean()),
  sign: Optional(Sign),
  read: Optional(TokenRead),
})
export type Token = Static<typeof Token>

export const Auth = Fields({
  fields: Type.Record(Type.String(), AuthField, { maxProperties: 50 }),
  send: Optional(
    Fields({
      query: Optional(Values),
      headers: Optional(Values),
      json: Optional(Values),
      form: Optional(Values),
      bearer: Optional(Type.String()),
      basic: Optional(Fields({ user: Type.String(), password: Optional(Type.String()) })),
    }),
  ),
  token: Optional(
    Type.Unsafe<Token | Token[]>({
      ...Token,
      type: ['object', 'array'],
      items: Token,
      minItems: 1,
      description: 'A token that expires; a list where there are several ways to have one: the first whose "if" holds',
    }),
  ),
  test: Optional(
    Fields({ ...requestFields, good: Optional(Expr('True when the key works; default: any good answer')) }),
  ),
})
export type Auth = Static<typeof Auth>
