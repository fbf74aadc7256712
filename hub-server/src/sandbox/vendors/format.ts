import { Type, type Static } from 'typebox'

const Fields = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })
const Optional = Type.Optional
const path = Optional(
  Type.String({ pattern: '^/', description: 'Path at the vendor; {name} takes one piece of it, {name*} the rest' }),
)
/** A literal; a string that begins with "=" is JSONata; maps and lists may hold both. */
const Value = Type.Unknown()
const Values = Type.Record(Type.String(), Value)

/** Something that the vendor answers. Without json and text the body is empty. */
const answerFields = {
  status: Optional(Type.Unsafe<number | string>({ type: ['integer', 'string'], description: 'Default 200' })),
  headers: Optional(Values),
  json: Optional(Value),
  text: Optional(Type.String()),
  type: Optional(Type.String({ description: 'Content-Type, where it is not that of json or plain text' })),
}
export const Answer = Fields(answerFields)
export type Answer = Static<typeof Answer>

/** How the vendor refuses; each has a default, so that a vendor's description names only what it knows. */
export const Refusals = Fields({
  unauthorized: Optional(Answer),
  exhausted: Optional(Answer),
  limited: Optional(Answer),
  unavailable: Optional(Answer),
  missing: Optional(Answer),
})
export type Refusals = Static<typeof Refusals>
export type RefusalKind = keyof Refusals

export const Route = Fields({
  get: path,
  post: path,
  put: path,
  patch: path,
  delete: path,
  server: Optional(Type.String({ description: 'Only at this one of the connector’s servers; default: at any' })),
  operation: Optional(Type.String({ description: 'The connector.yaml operation that asks here: whose limits hold' })),
  bucket: Optional(Type.String({ description: 'Which bucket of the limits counts; default: default' })),
  when: Optional(
    Type.String({
      pattern: '^=',
      description: 'Only for requests of which this holds; of several routes the first that fits answers',
    }),
  ),
  open: Optional(Type.Literal(true, { description: 'Needs no key' })),
  free: Optional(Type.Literal(true, { description: 'Costs nothing, and is answered without credits too' })),
  let: Optional(Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9]*$' }), Value)),
  refuse: Optional(Type.Array(Fields({ when: Type.String({ pattern: '^=' }), ...answerFields }))),
  ...answerFields,
  charge: Optional(
    Type.Unsafe<number | string>({
      type: ['number', 'string'],
      description: 'Credits that this answer costs; default 0',
    }),
  ),
  errors: Optional(Refusals),
})
export type Route = Static<typeof Route>

const Limit = Type.Object({
  calls: Optional(Type.Integer({ minimum: 1 })),
  per: Optional(Type.String({ pattern: '^\\d+(ms|s|m|h|d)$' })),
  concurrency: Optional(Type.Integer({ minimum: 1 })),
  server: Optional(Type.String()),
  bucket: Optional(Type.String()),
  operation: Optional(Type.String()),
  scope: Optional(Type.String()),
})
export type Limit = Static<typeof Limit>

/** What the sandbox reads of a connector.yaml: its limits stand there, once. */
export const ConnectorLimits = Type.Object({ limits: Optional(Type.Array(Limit)) })
export type ConnectorLimits = Static<typeof ConnectorLimits>

export const SandboxFile = Fields({
  format: Type.Literal(1),
  usual: Optional(
    Type.Literal(true, { description: 'In mode test it is asked also where nobody named or connected it' }),
  ),
  prefix: Optional(
    Type.String({
      pattern: '^/',
      description:
        'Beginning of every path that a connector may keep in its server’s address: routes answer with and without it',
    }),
  ),
  knows: Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'Share of the population that the vendor knows; default 1' }),
  ),
  wrong: Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Share of answers that are honestly unknown, or of facts that are outdated; default 0',
    }),
  ),
  latency: Optional(Type.Integer({ minimum: 0, description: 'Milliseconds that the vendor usually takes' })),
  credits: Optional(Type.Number({ minimum: 0, description: 'What a new account has; default one million' })),
  auth: Optional(
    Fields({
      key: Optional(
        Type.Array(
          Type.String({
            pattern: '^(query|header|body|form)\\.[^ ]+$|^bearer$|^basic\\.(user|password)$|^header\\.[^ ]+ .+$',
          }),
        ),
      ),
      account: Optional(
        Type.String({ pattern: '^=', description: 'Whose records, from $key; default: the key itself' }),
      ),
      good: Optional(Type.String({ pattern: '^=', description: 'A further test that a presented key must pass' })),
    }),
  ),
  limits: Optional(Type.Array(Limit)),
  headers: Optional(Values),
  errors: Optional(Refusals),
  let: Optional(Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9]*$' }), Value)),
  routes: Type.Array(Route, { minItems: 1 }),
})
export type SandboxFile = Static<typeof SandboxFile>
