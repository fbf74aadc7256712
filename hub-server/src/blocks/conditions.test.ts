import { describe, expect, it } from 'vitest'
import { checkCondition, type Condition } from '../contracts/condition.ts'
import { holds, reasonOf } from './conditions.ts'

const lead = { title: 'Sales Director', verdict: 'risky', company: { employees: 120 }, tags: [] }
const field = (
  name: string,
  is: Extract<Condition, { field: string }>['is'],
  value?: string | number | boolean,
): Condition => ({ field: name, is, ...(value !== undefined && { value }) })

describe('a condition', () => {
  it.each<[Condition, boolean, string]>([
    [field('verdict', 'known'), true, 'verdict is known (risky)'],
    [field('verdict', 'unknown'), false, 'verdict is known (risky)'],
    [field('tags', 'unknown'), true, 'tags is not known'],
    [field('verdict', 'equal', 'RISKY'), true, 'verdict is RISKY'],
    [field('verdict', 'not_equal', 'deliverable'), true, 'verdict is not deliverable (risky)'],
    [field('phone', 'not_equal', '1'), false, 'phone is not known'],
    [field('title', 'contains', 'direct'), true, 'title contains direct (Sales Director)'],
    [field('title', 'contains_any', 'CTO, VP'), false, 'title contains none of CTO, VP (Sales Director)'],
    [field('verdict', 'one_of', 'risky, unknown'), true, 'verdict is one of risky, unknown (risky)'],
    [field('company.employees', 'greater', 119), true, 'company.employees is greater than 119 (120)'],
    [field('company.employees', 'less', 50), false, 'company.employees is not less than 50 (120)'],
    [{ not: field('verdict', 'known') }, false, 'verdict is known (risky)'],
    [{ all: [field('verdict', 'known'), field('phone', 'known')] }, false, 'phone is not known'],
    [
      { all: [field('verdict', 'known'), field('title', 'known')] },
      true,
      'verdict is known (risky) and title is known (Sales Director)',
    ],
    [{ any: [field('phone', 'known'), field('title', 'known')] }, true, 'title is known (Sales Director)'],
    [
      { any: [field('phone', 'known'), { not: field('title', 'known') }] },
      false,
      'phone is not known and title is known (Sales Director)',
    ],
  ])('%j: %s, for %s', (condition, expected, reason) => {
    expect(() => checkCondition(condition)).not.toThrow()
    expect(holds(condition, lead)).toBe(expected)
    expect(reasonOf(condition, lead)).toBe(reason)
  })

  it.each<[unknown, RegExp]>([
    [{}, /either field and is, or one of all, any, not/],
    [{ field: 'a' }, /lacks “is”/],
    [{ is: 'known' }, /lacks “field”/],
    [{ field: 'a', is: 'like', value: 'x' }, /\/when\/is must be one of contains/],
    [{ field: 'a', is: 'equal' }, /lacks “value”/],
    [{ any: [] }, /\/when\/any/],
    [{ any: [{ not: { fields: 'a' } }] }, /\/when\/any\/0\/not .*“fields”/],
    ['verdict = unknown', /must be an object/],
    [
      { not: { not: { not: { not: { not: { not: { not: { not: { not: { not: { not: { not: {} } } } } } } } } } } } },
      /nested too deep/,
    ],
  ])('%j is refused', (condition, names) => {
    expect(() => checkCondition(condition)).toThrow(names)
  })
})

it('a condition of very many parts is refused, and by how many', () => {
  const parts = (count: number) => ({ any: Array.from({ length: count }, () => field('title', 'known')) })
  expect(() => checkCondition(parts(150))).not.toThrow()
  expect(() => checkCondition({ all: [parts(150), parts(150)] })).toThrow('has more than 200 parts')
})

it('no field is known by what every object has by birth', () => {
  expect(holds(field('constructor', 'known'), {})).toBe(false)
  expect(holds(field('company.toString', 'known'), lead)).toBe(false)
})
