import { describe, expect, it } from 'vitest'
import { wordsOf } from './words.ts'

describe('a list of words', () => {
  it.each([
    ['CTO, VP', 'our cto, since may', 'cto'],
    ['CTO, VP', 'director', undefined],
    ['CTO, VP', 'vp and cto', 'cto'],
    ['head of sales, sales', 'the head of sales here', 'head of sales'],
    ['c++, .net', 'c++ and .net', 'c++'],
    ['c++', 'c++x', undefined],
    ['.net', 'asp.net', undefined],
    ['.net', 'we do .net', '.net'],
    ['++', 'a ++ b', '++'],
    ['++', 'a++b', undefined],
    ['größe', 'die größe', 'größe'],
    ['größe', 'übergröße', undefined],
    ['𝒶b', '𝒸𝒶b', undefined],
    ['co-founder', 'co-founder', 'co-founder'],
    ['founder', 'co-founder', 'founder'],
    [' , ,', 'anything', undefined],
  ])('“%s” in “%s”: %s', (list, text, found) => {
    expect(wordsOf(list).within(text)).toBe(found)
  })

  it('is the same as a text without regard to case', () => {
    expect(wordsOf('Risky, unknown').same('risky')).toBe('risky')
    expect(wordsOf('Risky, unknown').same('risk')).toBeUndefined()
  })
})
