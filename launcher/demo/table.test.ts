import { expect, test } from 'vitest'
import { rowOf } from './contract.ts'
import { table } from './table.ts'

test('columns are as wide as they must be, and cut where they may not be wider', () => {
  const text = table(['Site', 'Why'], [['a.example', 'short'], ['b.example', 'a very long reason']], [20, 8])
  expect(text.split('\n')).toEqual(['Site       Why', '─────────  ────────', 'a.example  short', 'b.example  a very …'])
})

test('a cell cannot break the line or steer the terminal', () => {
  expect(table(['Site'], [['a.example\r\n\u001b[2Jb']], [20])).toBe('Site\n──────────────\na.example [2Jb')
})

test('a lead is shown with its score, its reasons and what the CRM did', () => {
  const lead = { website: 'a.example', name: 'Ada', email: 'ada@a.example', verdict: 'valid', score: 71, reasons: ['owner', 'small'], crm: { outcome: 'created', id: '9' } }
  expect(rowOf(lead)).toEqual(['a.example', 'Ada', 'ada@a.example', 'valid', '71: owner, small', 'created 9'])
})

test('a lead that lacks things is shown with gaps', () => {
  expect(rowOf({ website: 'a.example' })).toEqual(['a.example', '', '', '', '', ''])
})
