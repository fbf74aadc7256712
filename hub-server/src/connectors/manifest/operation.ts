import { Type, type Static } from 'typebox'
import { Day, Duration, ErrorRow, Expr, Fields, Kind, Optional, StatusList, Value } from './parts.ts'
import { Batch, Way } from './request.ts'

export const Pages = Fields({
  by: Type.Unsafe<'cursor' | 'number' | 'offset' | 'link'>({
    type: 'string',
    enum: ['cursor', 'number', 'offset', 'link'],
  }),
  size: Type.Integer({ minimum: 1, description: 'Most results on one page' }),
  next: Optional(
    Expr(
      'cursor: where the next page begins; link: its whole address, where the body and not a Link header has it; ' +
        'nothing when this was the last',
    ),
  ),
  more: Optional(Expr('number, offset: true while there are further pages')),
  total: Optional(Expr('number, offset: how many results there are in all')),
  from: Optional(Type.Integer({ minimum: 0, description: 'number: the first page’s number; default 1' })),
  most: Optional(Type.Integer({ minimum: 1, description: 'Most pages for one item; default 100' })),
})
export type Pages = Static<typeof Pages>

/** What the vendor takes: for each item, or for every so many results. */
export const Credits = Type.Unsafe<number | { each: number; results: number }>({
  type: ['number', 'object'],
  minimum: 0,
  properties: { each: { type: 'number', minimum: 0 }, results: { type: 'integer', minimum: 1 } },
  required: ['each', 'results'],
  additionalProperties: false,
  description:
    'Highest number of the vendor’s credits for one item; {each: 1, results: 10} for one credit every ten results',
})

export const Miss = Type.Unsafe<string | { status?: number | number[]; when?: string; reason?: string }>({
  type: ['string', 'object'],
  pattern: '^=',
  properties: { status: StatusList, when: Expr('True when the vendor knows nothing'), reason: { type: 'string' } },
  additionalProperties: false,
  description: 'When the answer means "nothing found": JSONata, or {status, when, reason}',
})

export const Operation = Fields({
  docs: Optional(Type.String({ description: 'The vendor’s page about it' })),
  needs: Optional(
    Type.Array(Type.Array(Type.String()), {
      description: 'Which inputs it can work with: any one of these lists, complete',
    }),
  ),
  cannot: Optional(
    Type.Array(Type.String(), {
      description: 'Inputs that it cannot honour: an item that has one of them is not asked about',
    }),
  ),
  refuses: Optional(
    Type.Array(
      Fields({
        when: Expr('Which items'),
        kind: Optional(Kind),
        message: Type.String({ description: 'What to tell the person' }),
      }),
      {
        description:
          'Items that it is not asked about, because it could not do what they want; default kind unsupported',
      },
    ),
  ),
  credits: Optional(Credits),
  charge: Optional(Expr('The credits that an answer did cost; default: credits when something was found')),
  errors: Optional(Type.Array(ErrorRow)),
  one: Optional(Way),
  many: Optional(Batch),
  miss: Optional(Miss),
  each: Optional(Expr('The list of outputs in the answer')),
  keep: Optional(Expr('Which elements of the list become outputs, where the vendor cannot be asked for those alone')),
  read: Value,
  pages: Optional(Pages),
  serialBy: Optional(
    Expr("Items with the same value are done one after another; of a batch, its first item's value counts"),
  ),
  notWritten: Optional(Expr('upsertRecords: the fields of an item that are not written: names, or {field, reason}')),
  whole: Optional(
    Type.Array(Type.Array(Type.String(), { minItems: 2 }), {
      description: 'upsertRecords: fields that the vendor keeps as one: where one of them has changed, all of them go',
    }),
  ),
  companyIsRecord: Optional(
    Expr('upsertRecords.contact: true where the company is a record of its own, which companyId names'),
  ),
  seenAfter: Optional(Duration('upsertRecords: how long the vendor’s search may not find what was created')),
})
export type Operation = Static<typeof Operation>

export const Limit = Fields({
  calls: Optional(Type.Integer({ minimum: 1 })),
  per: Optional(Duration('The window of the calls')),
  concurrency: Optional(Type.Integer({ minimum: 1, description: 'Calls under way at once' })),
  server: Optional(Type.String()),
  bucket: Optional(
    Type.String({
      description: 'Only requests that name this bucket count; default: those that name none. Absent: all of them',
    }),
  ),
  operation: Optional(Type.String()),
  scope: Optional(
    Type.Unsafe<'account' | 'endpoint'>({
      type: 'string',
      enum: ['account', 'endpoint'],
      description: 'account: all calls together (default); endpoint: each operation by itself',
    }),
  ),
  source: Optional(Type.String({ description: 'The page that says so' })),
  on: Optional(Day('When it was read')),
})
export type Limit = Static<typeof Limit>

export const LimitHeaders = Fields({
  remaining: Type.String({ description: 'Header: calls left in this window' }),
  reset: Optional(Type.String({ description: 'Header: when the window ends' })),
  resetIs: Optional(
    Type.Unsafe<'seconds' | 'milliseconds' | 'epoch' | 'date'>({
      type: 'string',
      enum: ['seconds', 'milliseconds', 'epoch', 'date'],
    }),
  ),
})
