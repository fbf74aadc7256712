import type { ErrorValue } from '../contracts/errors.ts'
import type { PassedBy, Result } from '../contracts/result.ts'

/** What became of an item that was several on the way. */
export const together = (item: number, results: readonly Result[]): Result => {
  const [only] = results
  if (only && results.length === 1) return { ...only, item }
  const outputs = results.flatMap((result) => result.outputs)
  const passedBy = once(results.flatMap((result) => result.passedBy ?? []))
  const notes = passedBy.length > 0 ? { passedBy } : {}
  const wrong = results.filter(({ status }) => status === 'failed' || status === 'uncertain')
  const [first] = wrong
  if (!first) {
    const reason = outputs.length === 0 ? only?.reason : undefined
    return {
      item,
      status: results.some(({ status }) => status === 'done') ? 'done' : 'skipped',
      outputs,
      ...(reason && { reason }),
      ...notes,
    }
  }
  const status = results.some((result) => result.status === 'uncertain') ? 'uncertain' : 'failed'
  return {
    item,
    status,
    outputs,
    ...(first.error && { error: ofSeveral(first.error, wrong.length, results.length) }),
    ...notes,
  }
}

const ofSeveral = (error: ErrorValue, wrong: number, all: number): ErrorValue => ({
  ...error,
  message: `${wrong} of the ${all} that this item gave: ${error.message}`,
})

/** Each step and reason once. */
const once = (notes: readonly PassedBy[]): PassedBy[] => [
  ...new Map(notes.map((note) => [JSON.stringify([note.step, note.reason]), note])).values(),
]
