import { HubError, asHubError } from '../../contracts/errors.ts'
import { openSession } from '../auth/session.ts'
import type { Connector, Operation, Way } from '../compiled/connector.ts'
import { unwrittenJobs, type KnownJob } from '../port/jobs.ts'
import type { Bound } from '../expressions/expression.ts'
import { errorOf, rowFor } from '../read/classify.ts'
import type { Reading } from '../read/reading.ts'
import { truthy } from '../expressions/truth.ts'
import type { ItemAnswer, PerformInput } from '../port/types.ts'
import { askMany, joinMany, LookAgain } from './askMany.ts'
import { askOne } from './askOne.ts'
import type { Run } from './call.ts'
import { performWritten } from './not-written.ts'
import type { Unit } from '../../capabilities/waves.ts'
import { planOf } from './plan.ts'
import { atMost, inSeries } from './serial.ts'

/** Calls of one perform under way at once, where the connector names no limit; the gateway paces them. */
const usualConcurrency = 8

/**
 * Asks a vendor about items, as its connector.yaml says: in batches where it takes them, each thing once, refused
 * batches in halves, pages to their end.
 * @returns one answer for each item, in their order; what goes wrong with an item is its `error`
 */
export const perform = async (input: PerformInput): Promise<ItemAnswer[]> => {
  const operation = input.connector.operations.get(input.operation)
  if (!operation?.notWritten) return performAll(input)
  try {
    return await performWritten(input, operation, performAll)
  } catch (thrown) {
    return failedAll(input, thrown)
  }
}

const performAll = async (input: PerformInput): Promise<ItemAnswer[]> => {
  const { connector, items } = input
  try {
    const operation = operationOf(connector, input.operation)
    const { waves, refused } = planOf(connector, operation, items)
    const session = openSession(connector, input.account, input.send)
    // Two equal messages are two: what tells one from the other is its place in this list, which says nothing later on.
    const jobs = (operation.capability.effect !== 'send' && input.jobs) || unwrittenJobs()
    const run: Run = {
      connector,
      operation,
      session,
      input,
      jobs,
      reader: { connector, operation, fields: session.fields },
    }
    const answers = new Map<number, ItemAnswer>(
      refused.map(({ position, error }) => [position, { outputs: [], error, credits: 0 }]),
    )
    for (const wave of waves) await runWave(run, wave, answers)
    return items.map(
      (_, position) =>
        answers.get(position) ?? {
          outputs: [],
          error: new HubError('unavailable', 'This item was not asked about.'),
          credits: 0,
        },
    )
  } catch (thrown) {
    return failedAll(input, thrown)
  }
}

const failedAll = ({ items }: PerformInput, thrown: unknown): ItemAnswer[] => {
  const error = asHubError(thrown)
  return items.map(() => ({ outputs: [], error, credits: 0 }))
}

/** @throws HubError unsupported when the connector cannot do it */
export const operationOf = (connector: Connector, key: string): Operation => {
  const operation = connector.operations.get(key)
  if (operation) return operation
  throw new HubError('unsupported', `${connector.manifest.name} cannot do ${key}.`, { provider: connector.id })
}

/** Rounds in which a job may turn out to be somebody else's, or lost, before that is an error. */
const mostRounds = 5

const runWave = async (run: Run, wave: readonly Unit[], answers: Map<number, ItemAnswer>): Promise<void> => {
  let open = await withoutRefused(run, wave, answers)
  for (let round = 0; open.length > 0 && round < mostRounds; round++) open = await runRound(run, open, answers)
  for (const unit of open) settle(unit, failed(lostEachJob(run)), answers)
}

const lostEachJob = ({ connector }: Run): HubError =>
  new HubError('unavailable', `${connector.manifest.name} lost each job that was started for this.`, {
    provider: connector.id,
  })

/**
 * Takes up the jobs that are about some of the units already, and asks about the others.
 * @returns units to be looked
 * for again
 */
const runRound = async (run: Run, open: readonly Unit[], answers: Map<number, ItemAnswer>): Promise<Unit[]> => {
  const { one, many } = run.operation
  const known = usesJobs(run) ? await run.jobs.find(open.map(({ key }) => key)) : new Map<string, KnownJob>()
  const jobOf = ({ key }: Unit): KnownJob | undefined => known.get(key)
  const work: (() => Promise<void>)[] = []
  const again: Unit[] = []
  const ask = (units: readonly Unit[], read: () => Promise<readonly (Reading | undefined)[]>): void =>
    void work.push(async () => {
      try {
        const readings = await read()
        for (const [position, unit] of units.entries()) settle(unit, readings[position], answers)
      } catch (thrown) {
        if (thrown instanceof LookAgain) again.push(...units)
        else for (const unit of units) settle(unit, failed(asHubError(thrown)), answers)
      }
    })

  const inJobs = many
    ? Map.groupBy(
        open.filter((unit) => jobOf(unit)?.way === 'many'),
        (unit) => jobOf(unit)?.id ?? '',
      )
    : new Map<string, Unit[]>()
  const joined = new Set([...inJobs.values()].flat())
  if (many)
    for (const [id, units] of inJobs)
      ask(units, async () => {
        const readings = await joinMany(run, many, id)
        return units.map((unit) => readings[jobOf(unit)?.ordinal ?? -1])
      })
  const single = (unit: Unit, way: Way): void =>
    ask([unit], async () => [await oneByOne(run, unit.input, () => askOne(run, way, unit))])
  const jobsOfOne = one ? open.filter((unit) => jobOf(unit)?.way === 'one') : []
  for (const unit of jobsOfOne) if (one) single(unit, one)
  const taken = new Set([...joined, ...jobsOfOne])
  for (const units of await inCalls(
    run,
    open.filter((unit) => !taken.has(unit)),
  )) {
    if (one && (!many || run.input.single || units.length < many.from)) for (const unit of units) single(unit, one)
    else if (many) ask(units, () => oneByOne(run, units[0]?.input, () => askMany(run, many, units)))
  }
  await atMost(concurrencyOf(run), work)
  return again
}

const failed = (error: HubError): Reading => ({ outputs: [], error, credits: 0, raw: undefined })

/** Whether something of it may be under way at the vendor from before. */
const usesJobs = ({ operation: { one, many }, jobs }: Run): boolean =>
  Boolean(one?.job ?? many?.job ?? (jobs.callable && one?.callback))

/** The units that may be asked about; the others are told why not. */
const withoutRefused = async (
  { connector, operation, session }: Run,
  wave: readonly Unit[],
  answers: Map<number, ItemAnswer>,
): Promise<readonly Unit[]> => {
  if (operation.refuses.length === 0) return wave
  const left: Unit[] = []
  for (const unit of wave) {
    const bound: Bound = { item: unit.input, account: session.fields }
    const row = await rowFor(operation.refuses, 0, unit.input, bound)
    if (!row) {
      left.push(unit)
      continue
    }
    const said: unknown = await row.message?.(unit.input, bound)
    settle(unit, failed(errorOf(connector, session.fields, row.kind, String(said))), answers)
  }
  return left
}

/** The units of each call: one each, or as many as a batch takes. */
const inCalls = async (run: Run, wave: readonly Unit[]): Promise<(readonly Unit[])[]> => {
  const { operation, input } = run
  const { many } = operation
  const size = !many || input.single ? 1 : many.upTo
  const calls: (readonly Unit[])[] = []
  for (const group of await groupsOf(run, wave))
    for (let start = 0; start < group.length; start += size) calls.push(group.slice(start, start + size))
  return calls
}

/** The units that may go in one call. */
const groupsOf = async ({ operation, session }: Run, wave: readonly Unit[]): Promise<readonly (readonly Unit[])[]> => {
  const { many } = operation
  if (!many?.together && !many?.if) return [wave]
  const singles: Unit[][] = []
  const groups = new Map<string, Unit[]>()
  for (const unit of wave) {
    const bound: Bound = { item: unit.input, account: session.fields }
    if (many.if && !truthy(await many.if.evaluate(unit.input, bound))) {
      singles.push([unit])
      continue
    }
    const value = JSON.stringify(await many.together?.evaluate(unit.input, bound)) ?? ''
    const group = groups.get(value)
    if (group) group.push(unit)
    else groups.set(value, [unit])
  }
  return [...groups.values(), ...singles]
}

/** Waits for its turn, where the operation wants items with the same value of `serialBy` one after another. */
const oneByOne = async <Out>(
  { operation, input, connector, session }: Run,
  item: unknown,
  work: () => Promise<Out>,
): Promise<Out> => {
  if (!operation.serialBy) return work()
  const value = JSON.stringify(await operation.serialBy.evaluate(item, { item, account: session.fields }))
  const name = `${input.account.connection} ${value}`
  return inSeries(`${connector.id} ${operation.key} ${name}`, () => (input.mutex ? input.mutex(name, work) : work()))
}

/** An answer goes to every position that asked for it; it was paid for once. */
const settle = (unit: Unit, reading: Reading | undefined, answers: Map<number, ItemAnswer>): void => {
  if (!reading) return
  const { outputs, reason, error, raw, ledger, others } = reading
  for (const [nth, position] of unit.positions.entries()) {
    answers.set(position, {
      outputs,
      ...(reason !== undefined && { reason }),
      ...(error && { error }),
      ...(raw !== undefined && { raw }),
      ...(ledger !== undefined && { ledger }),
      credits: nth === 0 ? reading.credits : 0,
      ...(others && { others }),
    })
  }
}

const concurrencyOf = ({ connector }: Run): number => {
  const named = (connector.manifest.limits ?? []).flatMap(({ concurrency }) =>
    concurrency === undefined ? [] : [concurrency],
  )
  return named.length ? Math.min(...named) : usualConcurrency
}
