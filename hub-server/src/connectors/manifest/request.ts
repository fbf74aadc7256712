import { Type, type Static } from 'typebox'
import { Duration, ErrorRow, Expr, Fields, Kind, Optional, StatusList, Value } from './parts.ts'

const Values = Type.Record(Type.String(), Value)
/** Where the names differ from item to item, an expression gives the whole map. */
const Form = Type.Unsafe<Record<string, unknown> | string>({
  type: ['object', 'string'],
  pattern: '^=',
  description: 'Names and values; JSONata where the names differ from item to item',
})
const path = Optional(
  Type.String({ description: 'Path on the server; {expression} pieces are evaluated and percent-encoded' }),
)

/** How one call is asked: exactly one of get, post, put, patch, delete, smtp, lookup. */
export const requestFields = {
  get: path,
  post: path,
  put: path,
  patch: path,
  delete: path,
  smtp: Optional(
    Type.Unsafe<Record<string, unknown> | 'verify'>({
      type: ['object', 'string'],
      description: 'The message to hand to the mail server, or "verify" to log in only',
    }),
  ),
  lookup: Optional(Expr('The key to look up in a database file')),
  server: Optional(Type.String({ description: 'Which of the servers; default: default' })),
  bucket: Optional(Type.String({ description: 'Which bucket of the limits it counts towards; default: default' })),
  query: Optional(Values),
  headers: Optional(Values),
  json: Optional(Value),
  form: Optional(Form),
  multipart: Optional(Form),
  text: Optional(Type.String()),
  graphql: Optional(Type.String({ description: 'The query; errors inside the answer are understood' })),
  variables: Optional(Values),
  as: Optional(
    Type.Unsafe<'json' | 'text' | 'bytes'>({
      type: 'string',
      enum: ['json', 'text', 'bytes'],
      description: 'How the answer’s body is read; default json',
    }),
  ),
  timeout: Optional(Duration('Longest wait for the answer; default 30s')),
  allow: Optional(StatusList),
  errors: Optional(Type.Array(ErrorRow)),
  open: Optional(
    Type.Literal(true, { description: 'Shows no key: the address alone lets in, as that of a file made for us' }),
  ),
}
export const Request = Fields(requestFields)
export type Request = Static<typeof Request>

export const Submit = Fields({ ...requestFields, ticket: Expr('What the vendor calls the job') })
export type Submit = Static<typeof Submit>

export const Poll = Fields({
  ...requestFields,
  every: Duration('Wait before each question'),
  upTo: Duration('Give up after'),
  done: Optional(Expr('True when the result is there')),
  waiting: Optional(Expr('True while it is not there; looked at before the error table')),
})
export type Poll = Static<typeof Poll>

export const Step = Fields({
  ...requestFields,
  let: Optional(
    Type.Unknown({
      description: 'Instead of a request: a value that later steps and the reading know as $steps.<name>',
    }),
  ),
  name: Optional(Type.String({ description: 'Later steps and the reading know its answer as $steps.<name>' })),
  if: Optional(Expr('The step is left out unless this holds')),
  else: Optional(Type.Literal(true, { description: 'Taken when the "if" before it did not hold' })),
  credits: Optional(Type.Number({ minimum: 0, description: 'What this step costs; default nothing' })),
  creates: Optional(
    Type.Literal(true, {
      description:
        'Creates what the vendor would create twice: where its outcome is not known, the steps are begun anew, with ' +
        '$again, and not this one repeated',
    }),
  ),
  prepares: Optional(
    Type.Literal(true, {
      description: 'Of what sends: this step sends nothing yet, so it may be repeated when its outcome is not known',
    }),
  ),
})
export type Step = Static<typeof Step>

export const Fetch = Fields({
  ...requestFields,
  name: Optional(Type.String({ description: 'Later ones know its answer as $steps.<name>' })),
})

export const Callback = Fields({
  when: Expr('True when the result will come later'),
  upTo: Duration('Give up after'),
})

const wayFields = {
  ...requestFields,
  submit: Optional(Submit),
  poll: Optional(Poll),
  fetch: Optional(
    Type.Array(Fetch, {
      minItems: 1,
      description: 'Taken in order when the poll is done; the last answer is the result',
    }),
  ),
  steps: Optional(Type.Array(Step, { minItems: 1 })),
  callback: Optional(Callback),
}
export const Way = Fields(wayFields)
export type Way = Static<typeof Way>

const Answers = Fields({
  each: Expr('The list of answers'),
  key: Optional(Expr('In an answer: what tells whose it is. Without it: answers are in the order asked')),
  item: Optional(Expr('In an item: the same thing')),
  missing: Optional(
    Type.Unsafe<'error' | 'miss'>({
      type: 'string',
      enum: ['error', 'miss'],
      description: 'What it means when an item has no answer; default error',
    }),
  ),
  errors: Optional(Type.Array(ErrorRow)),
})

const Failures = Fields({
  each: Expr('The list of refused items'),
  key: Expr('In a refusal: what tells whose it is'),
  item: Expr('In an item: the same thing'),
  kind: Optional(Kind),
  message: Optional(Type.String()),
  errors: Optional(Type.Array(ErrorRow)),
})

export const Batch = Fields({
  ...wayFields,
  upTo: Type.Integer({ minimum: 1, description: 'Most items in one call' }),
  from: Optional(
    Type.Integer({ minimum: 2, description: 'Fewest items worth a batch: fewer go one by one; default 2' }),
  ),
  if: Optional(Expr('Which items may be in a batch; the others are asked about one by one')),
  together: Optional(Expr('Only items with the same value go in one call')),
  answers: Answers,
  failures: Optional(Failures),
})
export type Batch = Static<typeof Batch>
