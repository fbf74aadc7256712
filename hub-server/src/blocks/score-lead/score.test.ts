import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { defaultRules } from './contract.ts'
import { scoreOf } from './score.ts'

const rule = (
  field: string,
  is: Parameters<typeof scoreOf>[1][number]['is'],
  value?: string | number | boolean,
  points = 10,
) => ({ field, is, value, points })

describe('a score', () => {
  it('says in words why, with the value that decided', async () => {
    expect(
      await scoreOf({ title: 'Sales Director', company: { employees: 120 } }, [
        rule('title', 'contains_any', 'VP, Director', 25),
        rule('company.employees', 'greater', 19, 20),
      ]),
    ).toEqual({
      score: 45,
      reasons: ['+25 title “Sales Director” contains “director”', '+20 company.employees is greater than 19 (120)'],
    })
  })

  it('takes words as whole words: a director is no CTO', async () => {
    expect((await scoreOf({ title: 'Director' }, [rule('title', 'contains_any', 'CTO')])).score).toBe(0)
    expect((await scoreOf({ title: 'CTO (interim)' }, [rule('title', 'contains_any', 'CTO')])).score).toBe(10)
  })

  it('stays between 0 and 100', async () => {
    expect((await scoreOf({ a: 1 }, [rule('a', 'known', undefined, -50)])).score).toBe(0)
    expect(
      (await scoreOf({ a: 1 }, [rule('a', 'known', undefined, 80), rule('a', 'known', undefined, 80)])).score,
    ).toBe(100)
  })

  it.each([
    [rule('title', 'equal', 'ceo'), { title: 'CEO' }, true],
    [rule('title', 'not_equal', 'ceo'), {}, false],
    [rule('title', 'unknown'), { title: '' }, true],
    [rule('title', 'contains', 2024), { title: 'Class of 2024' }, true],
    [rule('title', 'one_of', 'cto, ceo'), { title: 'CEO' }, true],
    [rule('title', 'contains_any', 'C++ (lead)'), { title: 'C++ (Lead)' }, true],
    [rule('free', 'equal', true), { free: true }, true],
    [rule('size', 'less', 10), { size: '9' }, true],
    [rule('a.b', 'known'), { 'a.b': 1 }, true],
  ])('%o on %o: %s', async (one, item, holds) => {
    expect((await scoreOf(item, [one])).reasons.length).toBe(holds ? 1 : 0)
  })

  it('by the default rules tells a reachable director from a general address', async () => {
    const director = await scoreOf(
      { verdict: 'deliverable', title: 'Sales Director', company: { employees: 50 } },
      defaultRules,
    )
    const general = await scoreOf({ verdict: 'risky', kind: 'general' }, defaultRules)
    expect(director.score).toBe(75)
    expect(general.score).toBe(0)
  })
})

it('holds nobody up, whatever it is given to look for', async () => {
  const words = Array.from({ length: 3_000 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join(',')
  const rules = Array.from({ length: 200 }, () => rule('page', 'contains_any', words))
  const page = 'a'.repeat(1_000_000)
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  for (let item = 0; item < 2; item++) expect((await scoreOf({ page }, rules)).score).toBe(0)
  delay.disable()
  // Nanoseconds; some 15 ms by itself, and there may be another load.
  expect(delay.max / 1e6).toBeLessThan(1_000)
}, 60_000)
