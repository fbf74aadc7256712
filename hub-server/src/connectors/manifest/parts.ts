import { Type, type TSchema } from 'typebox'

/** A literal, an expression (a string that begins with "="), or a map or list of them. */
export const Value = Type.Unknown({
  description: 'A literal; a string that begins with "=" is JSONata; maps and lists may hold both',
})

/** JSONata, beginning with "=". */
export const Expr = (description: string) =>
  Type.String({ pattern: '^=', description: `${description} (JSONata, begins with "=")` })

export const Duration = (description: string) =>
  Type.String({ pattern: '^\\d+(ms|s|m|h|d)$', description: `${description}, e.g. 500ms, 30s, 5m` })

export const Day = (description: string) =>
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: `${description}, YYYY-MM-DD` })

/** An object that takes no other keys: a misspelt key is found at load. */
export const Fields = <Properties extends Record<string, TSchema>>(properties: Properties, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) })

export const Optional = Type.Optional

const kinds = [
  'invalid_input',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'rate_limited',
  'quota_exceeded',
  'unavailable',
  'timeout',
  'bad_response',
  'unsupported',
] as const
export type VendorErrorKind = (typeof kinds)[number]

export const Kind = Type.Unsafe<VendorErrorKind>({
  type: 'string',
  enum: [...kinds],
  description: 'What went wrong, in the hub’s words',
})

const status = { type: 'integer', minimum: 100, maximum: 599 }
export const StatusList = Type.Unsafe<number | number[]>({
  type: ['integer', 'array'],
  minimum: 100,
  maximum: 599,
  items: status,
  description: 'HTTP status, or a list of them',
})

const outcomes = ['refused', 'uncertain'] as const
/**
 * What an answer that is an error says about a message: `refused`, nothing of it was taken, so that it may be sent
 * again; or `uncertain`, it may be on its way all the same, so that it is never repeated by itself. The table with its
 * reasons: docs/sending.md.
 */
export type SendOutcome = (typeof outcomes)[number]

/** One row of an error table: which answers it is about, and what they mean. */
export const ErrorRow = Fields({
  status: Optional(StatusList),
  when: Optional(Expr('Which bodies it is about; errors inside HTTP 200 too')),
  kind: Kind,
  message: Optional(Type.String({ description: 'What to tell the person: text, or JSONata over the body' })),
  advice: Optional(Type.String({ description: 'What the person can do; default: what the kind says' })),
  outcome: Optional(
    Type.Unsafe<SendOutcome>({
      type: 'string',
      enum: [...outcomes],
      description:
        'Of what sends: whether the message was surely not taken; default: by status and kind (docs/sending.md)',
    }),
  ),
  retryAfter: Optional(
    Type.Unsafe<number | string>({ type: ['number', 'string'], description: 'Seconds to wait, or JSONata' }),
  ),
})
