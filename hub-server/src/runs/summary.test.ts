import { expect, test } from 'vitest'
import type { Result } from '../contracts/result.ts'
import { summaryOf } from './summary.ts'

const rowsOf = async function* (rows: readonly (Omit<Result, 'item'> & { input: Record<string, unknown> })[]) {
  for (const [item, row] of rows.entries()) yield { item, ...row }
}
const done = (...outputs: unknown[]) => ({ status: 'done' as const, outputs, input: { email: 'a@b.example' } })
const skipped = (input: Record<string, unknown>, reason = 'There is no e-mail address.') => ({
  status: 'skipped' as const,
  outputs: [],
  reason,
  input,
})

test('a run’s outputs are counted by what they say', async () => {
  const rows = [
    done({ verdict: 'risky' }),
    done({ verdict: 'deliverable' }),
    done({ verdict: 'deliverable' }, { verdict: 'unknown' }),
    { ...done(), reason: 'nobody there' },
  ]
  expect(await summaryOf(rowsOf(rows), { needs: [], counted: 'verdict' })).toEqual({
    outputs: 4,
    empty: 1,
    counted: {
      field: 'verdict',
      values: [
        { value: 'deliverable', outputs: 2 },
        { value: 'risky', outputs: 1 },
        { value: 'unknown', outputs: 1 },
      ],
    },
    reasons: [{ status: 'done', reason: 'nobody there', items: 1, first: 3 }],
  })
})

test('also by a field that lies within another', async () => {
  const { counted } = await summaryOf(
    rowsOf([done({ crm: { outcome: 'created' } }), done({ crm: null }), done('text')]),
    { needs: [], counted: 'crm.outcome' },
  )
  expect(counted?.values).toEqual([{ value: 'created', outputs: 1 }])
})

test('items that gave nothing are counted by their reason, with what to do', async () => {
  const error = { kind: 'timeout' as const, message: 'No answer.', advice: 'Try later.' }
  const rows = [
    skipped({ email: ' ' }),
    { status: 'failed' as const, outputs: [], error, input: {} },
    skipped({ name: 'x' }),
    skipped({ email: 'a@b.example' }, 'robots.txt forbids it.'),
  ]
  const { reasons } = await summaryOf(rowsOf(rows), { needs: [['email']] })
  expect(reasons).toEqual([
    {
      status: 'skipped',
      reason: 'There is no e-mail address.',
      advice: expect.stringContaining('--map email="<column>"'),
      items: 2,
      first: 0,
    },
    { status: 'failed', reason: 'No answer.', advice: 'Try later.', items: 1, first: 1 },
    {
      status: 'skipped',
      reason: 'robots.txt forbids it.',
      advice: expect.stringContaining('they cost nothing'),
      items: 1,
      first: 3,
    },
  ])
})

test('what has no result yet has no reason either', async () => {
  expect(await summaryOf(rowsOf([{ status: 'pending', outputs: [], input: {} }]), { needs: [] })).toEqual({
    outputs: 0,
    empty: 0,
    reasons: [],
  })
})
