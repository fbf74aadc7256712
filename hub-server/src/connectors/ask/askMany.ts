import { HubError, asHubError } from '../../contracts/errors.ts'
import type { Batch } from '../connector.ts'
import { mostCredits } from '../credits.ts'
import type { Bound } from '../expressions/expression.ts'
import { readBatch } from '../read/batch.ts'
import { isMiss, miss, ofCall, outcomeOf, type Reading } from '../read/reading.ts'
import type { VendorAnswer } from '../types.ts'
import { call, type Call, type Run } from './call.ts'
import { runJob } from './job.ts'
import { walkSteps } from './steps.ts'

/** Refusals that one bad row may have caused for its whole batch. */
const splits = new Set(['invalid_input', 'conflict'])

/**
 * Asks about many items in one call, in their order. A batch that is refused whole is asked again in halves, until the
 * bad row stands alone. Never throws.
 */
export const askMany = async (run: Run, batch: Batch, items: readonly unknown[]): Promise<Reading[]> => {
  try {
    return await ask(run, batch, items)
  } catch (thrown) {
    const error = asHubError(thrown)
    if (items.length > 1 && splits.has(error.kind)) {
      const half = Math.ceil(items.length / 2)
      const left = await askMany(run, batch, items.slice(0, half))
      return [...left, ...(await askMany(run, batch, items.slice(half)))]
    }
    return items.map(() => ({ outputs: [], error, credits: 0, raw: undefined }))
  }
}

const ask = async (run: Run, batch: Batch, items: readonly unknown[]): Promise<Reading[]> => {
  const most = mostCredits(run.operation)
  const bound: Bound = { account: run.session.fields, items }
  const root = { items }
  let last: { answer: VendorAnswer; readings: Promise<Reading[]> } | null = null
  const request = batch.request ?? batch.job?.result ?? { as: 'json' as const }
  const read = (answer: VendorAnswer, more: Bound = {}): Promise<Reading[]> => {
    if (last?.answer !== answer) last = { answer, readings: readAll(run, batch, request, answer, items, { ...run.session.bound(), ...bound, ...more, status: answer.status, headers: answer.headers }, most) }
    return last.readings
  }
  const asked: Omit<Call, 'request'> = { root, bound, items: items.length, maxCredits: most * items.length, outcome: async (answer: VendorAnswer) => outcomeOf(await read(answer)), mayMiss: 'many' }
  if (batch.job) return read(await runJob(run, batch.job, asked))
  if (batch.steps) {
    const { answer, steps } = await walkSteps(run, batch.steps, asked)
    return read(answer, { steps })
  }
  if (batch.request) return read(await call(run, { ...asked, request: batch.request }))
  throw new HubError('unsupported', `${run.connector.manifest.name} does not say how many are asked.`)
}

const readAll = async (run: Run, batch: Batch, request: { as: 'json' | 'text' | 'bytes' }, answer: VendorAnswer, items: readonly unknown[], bound: Bound, most: number): Promise<Reading[]> => {
  const isWholeMiss = await isMiss(run.reader, 'many', request, answer, bound)
  const readings = isWholeMiss ? items.map(() => miss(run.reader, answer.body)) : await readBatch(run.reader, batch, answer, items, bound, most)
  return readings.map((reading) => ofCall(reading, answer))
}
