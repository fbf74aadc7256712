import { expect, test } from 'vitest'
import { rowOf } from './contract.ts'
import { table } from './table.ts'

test('columns are as wide as they must be, and cut where they may not be wider', () => {
  const text = table(
    ['Site', 'Why'],
    [
      ['a.example', 'short'],
      ['b.example', 'a very long reason'],
    ],
    [20, 8],
  )
  expect(text.split('\n')).toEqual(['Site       Why', '─────────  ────────', 'a.example  short', 'b.example  a very …'])
})

test('a cell cannot break the line or steer the terminal', () => {
  expect(table(['Site'], [['a.example\r\n\u001b[2Jb']], [20])).toBe('Site\n──────────────\na.example [2Jb')
})

test('a lead is shown with its score, its reasons and what the CRM did', () => {
  const lead = {
    website: 'a.example',
    name: 'Ada',
    email: 'ada@a.example',
    verdict: 'valid',
    score: 71,
    reasons: ['owner', 'small'],
    crm: { outcome: 'created', id: '9' },
  }
  expect(rowOf(lead)).toEqual(['a.example', 'Ada', 'ada@a.example', 'valid', '71: owner, small', 'created 9'])
})

test('a lead that lacks things is shown with gaps', () => {
  expect(rowOf({ website: 'http://a.example' })).toEqual(['a.example', '', '', '', '', 'not synced'])
})

test('what a step did not come to is no word “null”, and a lead without a score says why', () => {
  const lead = {
    website: 'http://a.example',
    name: 'Ada',
    email: null,
    verdict: null,
    score: null,
    reasons: [],
    crm: null,
    reason: 'No e-mail address',
  }
  expect(rowOf(lead)).toEqual(['a.example', 'Ada', '', '', 'No e-mail address', 'not synced'])
})

test('a score of nothing is a score', () => {
  expect(rowOf({ score: 0, reasons: ['−20 kind is general'], reason: 'The address is risky' })[4]).toBe(
    '0: −20 kind is general',
  )
})

test('reasons are short: what counted, not how', () => {
  const reasons = [
    '+30 verdict is deliverable',
    '+35 title “Founder & CEO” contains “ceo”',
    '+10 company.employees is greater than 19 (321)',
    '+5 linkedin is known',
  ]
  expect(rowOf({ score: 80, reasons })[4]).toBe(
    '80: +30 deliverable, +35 title “Founder & CEO”, +10 employees 321, +5 linkedin',
  )
})
