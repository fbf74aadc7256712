import { expect, test } from 'vitest'
import { createRecords, recordsKept } from './records.ts'

const now = { ms: 1000 }
const clock = { now: () => now.ms, advance: () => undefined }

test('a record is laid over, found in any case, listed by change and leaves a trace when dropped', () => {
  const records = createRecords(clock)
  const made = records.put('contact', { email: 'Ada@A.example', city: 'Austin' })
  expect(records.find('contact', { email: 'ada@a.example' })).toHaveLength(1)
  now.ms = 2000
  records.put('contact', { city: 'Boston' }, made.id)
  expect(records.get('contact', made.id)).toMatchObject({
    createdAt: 1000,
    updatedAt: 2000,
    fields: { email: 'Ada@A.example', city: 'Boston' },
  })
  expect(records.find('contact', { city: 'austin' })).toHaveLength(0)
  expect(records.since('contact', 1000).map((record) => record.id)).toEqual([made.id])
  now.ms = 3000
  expect(records.drop('contact', made.id)).toBe(true)
  expect(records.drop('contact', made.id)).toBe(false)
  expect(records.find('contact')).toEqual([])
  expect(records.since('contact', 2000)).toMatchObject([{ id: made.id, deleted: true }])
})

test('those in which a field has a value are found, as it comes and goes', () => {
  const records = createRecords(clock)
  const [first, second] = [records.put('contact', { phone: '1' }), records.put('contact', {})]
  expect(records.having('contact', 'phone')).toMatchObject([{ id: first.id }])
  records.put('contact', { phone: '2' }, second.id)
  records.put('contact', { phone: null }, first.id)
  expect(records.having('contact', 'phone')).toMatchObject([{ id: second.id }])
  records.drop('contact', second.id)
  expect(records.having('contact', 'phone')).toEqual([])
})

test('never keeps more records than it may, and stays quick while it is full', () => {
  const records = createRecords(clock)
  const start = performance.now()
  for (let at = 0; at < recordsKept + 500; at++) {
    records.find('contact', { email: `p${at}@a.example` })
    records.put('contact', { email: `p${at}@a.example` })
  }
  expect(records.find('contact')).toHaveLength(recordsKept)
  expect(records.find('contact', { email: 'p0@a.example' })).toEqual([])
  expect(performance.now() - start).toBeLessThan(5000)
})
