import { HubError, asHubError } from '../../contracts/errors.ts'
import type { Batch } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import { readBatch } from '../read/batch.ts'
import { isMiss, miss, ofCall, outcomeOf, type Reading } from '../read/reading.ts'
import type { VendorAnswer } from '../port/types.ts'
import { mostCredits } from './credits.ts'
import type { Unit } from '../../capabilities/waves.ts'
import { call, type Call, type Run } from './call.ts'
import { followJob } from './job.ts'
import { walkSteps } from './steps.ts'

/** Refusals that one bad row may have caused for its whole batch. */
const splits = new Set(['invalid_input', 'conflict'])

/** Some of the questions are in another job by now, or in none any more: they are to be looked for again. */
export class LookAgain extends Error {}

/**
 * Asks about many items in one call, in their order. A batch that is refused whole is asked again in halves, until the
 * bad row stands alone.
 * @throws LookAgain, and nothing else
 */
export const askMany = async (run: Run, batch: Batch, units: readonly Unit[]): Promise<Reading[]> => {
  try {
    return await ask(run, batch, units)
  } catch (thrown) {
    if (thrown instanceof LookAgain) throw thrown
    const error = asHubError(thrown)
    if (units.length > 1 && splits.has(error.kind)) {
      const half = Math.ceil(units.length / 2)
      const left = await askMany(run, batch, units.slice(0, half))
      return [...left, ...(await askMany(run, batch, units.slice(half)))]
    }
    return units.map(() => ({ outputs: [], error, credits: 0, raw: undefined }))
  }
}

/**
 * What a job says that somebody has started before: about each of its items, in its order.
 * @throws LookAgain when it is there no more
 */
export const joinMany = async (run: Run, batch: Batch, id: string): Promise<Reading[]> => {
  const joined = await run.jobs.join(id, run.input.stop ?? run.input.signal)
  if (!joined || !batch.job) throw new LookAgain()
  const { read, asked } = questionOf(run, batch, joined.items)
  const answer =
    'answer' in joined
      ? joined.answer
      : await followJob(run, batch.job, { ...asked, maxCredits: joined.credits }, joined)
  if (!answer) throw new LookAgain()
  const readings = await read(answer)
  return joined.others ? readings.map((reading) => ({ ...reading, others: true })) : readings
}

const ask = async (run: Run, batch: Batch, units: readonly Unit[]): Promise<Reading[]> => {
  const items = units.map(({ input }) => input)
  const { read, asked } = questionOf(run, batch, items)
  if (batch.job) {
    const keys = units.map(({ key }) => key)
    const held = await run.jobs.open({ keys, items, way: 'many', credits: asked.maxCredits, callback: batch.job.calls })
    const answer = held && (await followJob(run, batch.job, asked, held))
    if (!answer) throw new LookAgain()
    return read(answer)
  }
  if (batch.steps) {
    const { answer, steps } = await walkSteps(run, batch.steps, asked)
    return read(answer, { steps })
  }
  if (batch.request) return read(await call(run, { ...asked, request: batch.request }))
  throw new HubError('unsupported', `${run.connector.manifest.name} does not say how many are asked.`)
}

interface Question {
  /** Reads an answer once, although the gateway and the caller both want to know. */
  readonly read: (answer: VendorAnswer, more?: Bound) => Promise<Reading[]>
  readonly asked: Omit<Call, 'request'>
}

const questionOf = (run: Run, batch: Batch, items: readonly unknown[]): Question => {
  const most = mostCredits(run.operation)
  const bound: Bound = { account: run.session.fields, items }
  const request = batch.request ?? batch.job?.result ?? { as: 'json' as const }
  let last: { answer: VendorAnswer; readings: Promise<Reading[]> } | null = null
  const read = (answer: VendorAnswer, more: Bound = {}): Promise<Reading[]> => {
    if (last?.answer !== answer) {
      const seen = { ...run.session.bound(), ...bound, ...more, status: answer.status, headers: answer.headers }
      last = { answer, readings: readAll(run, batch, request, answer, items, seen, most) }
    }
    return last.readings
  }
  const outcome = async (answer: VendorAnswer) => outcomeOf(await read(answer))
  return {
    read,
    asked: { root: { items }, bound, items: items.length, maxCredits: most * items.length, outcome, mayMiss: 'many' },
  }
}

const readAll = async (
  run: Run,
  batch: Batch,
  request: { as: 'json' | 'text' | 'bytes' },
  answer: VendorAnswer,
  items: readonly unknown[],
  bound: Bound,
  most: number,
): Promise<Reading[]> => {
  const isWholeMiss = await isMiss(run.reader, 'many', request, answer, bound)
  const readings = isWholeMiss
    ? items.map(() => miss(run.reader, answer.body))
    : await readBatch(run.reader, batch, answer, items, bound, most)
  return readings.map((reading) => ofCall(reading, answer))
}
