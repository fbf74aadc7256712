import { HubError, asHubError } from '../contracts/errors.ts'
import { askMany } from './ask/askMany.ts'
import { askOne } from './ask/askOne.ts'
import type { Run } from './ask/call.ts'
import { openSession } from './ask/session.ts'
import type { Batch, Connector, Operation, Way } from './connector.ts'
import { planOf, type Unit } from './plan.ts'
import type { Reading } from './read/reading.ts'
import { atMost, inSeries } from './serial.ts'
import type { ItemAnswer, PerformInput } from './types.ts'

/** Calls of one perform under way at once, where the connector names no limit; the gateway paces them. */
const usualConcurrency = 8

/**
 * Asks a vendor about items, as its connector.yaml says: in batches where it takes them, each thing once, refused
 * batches in halves, pages to their end.
 * @returns one answer for each item, in their order; what goes wrong with an item is its `error`
 */
export const perform = async (input: PerformInput): Promise<ItemAnswer[]> => {
  const { connector, items } = input
  try {
    const operation = operationOf(connector, input.operation)
    const { waves, refused } = planOf(connector, operation, items)
    const session = openSession(connector, input.account, input.send)
    const run: Run = { connector, operation, session, input, reader: { connector, operation, fields: session.fields } }
    const answers = new Map<number, ItemAnswer>(refused.map(({ position, error }) => [position, { outputs: [], error, credits: 0 }]))
    for (const wave of waves) await runWave(run, wave, answers)
    return items.map((_, position) => answers.get(position) ?? { outputs: [], error: new HubError('unavailable', 'This item was not asked about.'), credits: 0 })
  } catch (thrown) {
    const error = asHubError(thrown)
    return items.map(() => ({ outputs: [], error, credits: 0 }))
  }
}

/** @throws HubError unsupported when the connector cannot do it */
export const operationOf = (connector: Connector, key: string): Operation => {
  const operation = connector.operations.get(key)
  if (operation) return operation
  throw new HubError('unsupported', `${connector.manifest.name} cannot do ${key}.`, { provider: connector.id })
}

const runWave = async (run: Run, wave: readonly Unit[], answers: Map<number, ItemAnswer>): Promise<void> => {
  const { one, many } = run.operation
  const work: (() => Promise<void>)[] = []
  for (const units of inCalls(run, wave)) {
    if (one && (!many || units.length < many.from)) {
      for (const unit of units) work.push(async () => settle(unit, await single(run, one, unit.item), answers))
    } else if (many) {
      work.push(async () => {
        const readings = await batch(run, many, units)
        for (const [position, unit] of units.entries()) settle(unit, readings[position], answers)
      })
    }
  }
  await atMost(concurrencyOf(run), work)
}

/** The units of each call: one each, or as many as a batch takes. */
const inCalls = ({ operation, input }: Run, wave: readonly Unit[]): (readonly Unit[])[] => {
  const { one, many } = operation
  const size = !many || (input.single && one) ? 1 : input.single ? 1 : many.upTo
  const calls: (readonly Unit[])[] = []
  for (let start = 0; start < wave.length; start += size) calls.push(wave.slice(start, start + size))
  return calls
}

const single = async (run: Run, way: Way, item: unknown): Promise<Reading> => {
  const { operation, input, connector } = run
  // A later answer comes to one address: only one item may wait for it.
  if (way.callback && input.callback) return inSeries(`callback ${input.callback.token}`, () => askOne(run, way, item))
  if (!operation.serialBy) return askOne(run, way, item)
  const value = JSON.stringify(await operation.serialBy.evaluate(item, { item, account: run.session.fields }))
  return inSeries(`${connector.id} ${input.account.connection} ${operation.key} ${value}`, () => askOne(run, way, item))
}

const batch = (run: Run, many: Batch, units: readonly Unit[]): Promise<Reading[]> =>
  askMany(
    run,
    many,
    units.map((unit) => unit.item),
  )

/** An answer goes to every position that asked for it; it was paid for once. */
const settle = (unit: Unit, reading: Reading | undefined, answers: Map<number, ItemAnswer>): void => {
  if (!reading) return
  const { outputs, reason, error, raw } = reading
  for (const [nth, position] of unit.positions.entries()) {
    answers.set(position, { outputs, ...(reason !== undefined && { reason }), ...(error && { error }), ...(raw !== undefined && { raw }), credits: nth === 0 ? reading.credits : 0 })
  }
}

const concurrencyOf = ({ connector }: Run): number => {
  const named = (connector.manifest.limits ?? []).flatMap(({ concurrency }) => (concurrency === undefined ? [] : [concurrency]))
  return named.length ? Math.min(...named) : usualConcurrency
}
