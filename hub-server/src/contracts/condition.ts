import { Type } from 'typebox'
import { Line, ListOf } from './bounded.ts'
import { HubError } from './errors.ts'
import { checked, problemsOf } from './validate.ts'

/** How a value is compared. Words are compared without regard to case. */
export const comparisons = {
  contains: 'Contains',
  contains_any: 'Contains One of These Words (Comma-Separated)',
  equal: 'Is',
  not_equal: 'Is Not',
  one_of: 'Is One Of (Comma-Separated)',
  greater: 'Is Greater Than',
  less: 'Is Less Than',
  known: 'Is Known',
  unknown: 'Is Not Known',
} as const
export type Comparison = keyof typeof comparisons

/** Characters of a list of words to compare with: some thousand words. */
export const longestList = 10_000

/** What a value is compared with. */
export type Compared = string | number | boolean

/** Of one field, or of several conditions: all of them, any of them, or not this one. */
export type Condition = FieldCondition | { all: Condition[] } | { any: Condition[] } | { not: Condition }

export interface FieldCondition {
  /** Its path, e.g. company.employees. */
  readonly field: string
  readonly is: Comparison
  readonly value?: Compared
}

/** As a text, and as a number. */
const comparedBounds = { maxLength: longestList, minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }

/** In all of a condition. */
const mostConditions = 200

/** Conditions within a condition; each is checked by itself ({@link checkCondition}). */
const inner = { $ref: '#/components/schemas/Condition' }

const Parts = Type.Object(
  {
    field: Type.Optional(Line({ minLength: 1, description: 'Name of the field, e.g. verdict or company.employees' })),
    is: Type.Optional(Type.Unsafe<Comparison>({ type: 'string', enum: Object.keys(comparisons) })),
    value: Type.Optional(Type.Unsafe<Compared>({ type: ['string', 'number', 'boolean'], ...comparedBounds })),
    all: Type.Optional(ListOf(Type.Unsafe<unknown>(inner), { minItems: 1, maxItems: mostConditions })),
    any: Type.Optional(ListOf(Type.Unsafe<unknown>(inner), { minItems: 1, maxItems: mostConditions })),
    not: Type.Optional(Type.Unsafe<unknown>(inner)),
  },
  {
    $id: 'Condition',
    description:
      'What must be so of an item: of one field (`field`, `is`, `value`), or `all`, `any`, `not` of conditions',
    additionalProperties: false,
  },
)

export const Condition = Type.Unsafe<Condition>({ ...Parts })

const withoutValue: readonly string[] = ['known', 'unknown'] satisfies Comparison[]
const mostDeep = 10

/** How many conditions stand in one, itself included; as deep as conditions may be. */
const partsOf = (given: unknown, deep = 0): number => {
  if (typeof given !== 'object' || given === null || deep > mostDeep) return 1
  const { all, any, not }: { all?: unknown; any?: unknown; not?: unknown } = given
  const inner = [all, any].flatMap((group): unknown[] => (Array.isArray(group) ? group : []))
  return [...inner, ...(not === undefined ? [] : [not])].reduce<number>((sum, one) => sum + partsOf(one, deep + 1), 1)
}

/**
 * What the schema cannot say: that a condition is of one kind, and that those within it are right too.
 * @param path where it stands, for the message
 * @throws HubError invalid_input naming the place
 */
export const checkCondition = (given: unknown, path = '/when', deep = 0): void => {
  const refuse = (message: string, at = path): never => {
    throw new HubError('invalid_input', `The condition is not right: ${at} ${message}.`, {
      advice: 'Write {"field": "verdict", "is": "unknown"}, or {"all": […]}, {"any": […]}, {"not": {…}} of such.',
      fields: [{ path: at, message }],
    })
  }
  if (deep > mostDeep) refuse('is nested too deep')
  if (deep === 0 && partsOf(given) > mostConditions) refuse(`has more than ${mostConditions} parts`)
  const [problem] = problemsOf(Parts, given)
  if (problem) refuse(problem.message, problem.path === '/' ? path : path + problem.path)
  const { field, is, value, ...groups } = checked(Parts, given, 'The condition')
  const kinds = [
    ...(field === undefined && is === undefined && value === undefined ? [] : ['field']),
    ...Object.keys(groups),
  ]
  if (kinds.length !== 1) refuse('must have either field and is, or one of all, any, not')
  if (kinds[0] === 'field') {
    if (field === undefined) refuse('lacks “field”')
    if (is === undefined) refuse('lacks “is”')
    if (is !== undefined && value === undefined && !withoutValue.includes(is))
      refuse('lacks “value”: what to compare with')
  }
  for (const group of ['all', 'any'] as const)
    for (const [at, one] of (groups[group] ?? []).entries()) checkCondition(one, `${path}/${group}/${at}`, deep + 1)
  if (groups.not !== undefined) checkCondition(groups.not, `${path}/not`, deep + 1)
}
