import { perform, type JobBook, type PerformInput } from '../../connectors/index.ts'
import { isUnavailable } from '../../db/unavailable.ts'
import { distributedMutex } from '../distributed-mutex.ts'
import type { Asker } from '../jobs.ts'
import { redactorOf, type Redactor } from '../redact.ts'
import { chooseBatching } from '../batching.ts'
import { groundNameOf } from '../cache-key.ts'
import { errorOfEffect, failed, fresh } from './provider-answer.ts'
import {
  headOf,
  maxAgeOf,
  placeOf,
  type Ask,
  type AskParts,
  type ProviderAnswer,
  type Question,
  type Unit,
} from './question.ts'

const dayMs = 86_400_000

/** Calls the vendor: in batches where it takes them, all under way at once; what leaves is paced by the sender. */
export const call =
  (parts: AskParts): Ask =>
  async (question, units, tell) => {
    const { provider } = question
    const size = parts.single ? 1 : chooseBatching(provider, units.length).size
    const redact = redactorOf(provider)
    const batches = Array.from({ length: Math.ceil(units.length / size) }, (_, at) =>
      units.slice(at * size, at * size + size),
    )
    const answers = new Map<string, ProviderAnswer>()
    await Promise.all(
      batches.map(async (batch) => {
        const book = parts.jobs.bookFor({ ...askerOf(question), redact })
        const found = await callBatch({ ...parts, single: size === 1 }, question, batch, redact, book)
        await Promise.all(batch.map((unit, at) => told(question, unit, found[at], tell, answers)))
        // Kept by now, so the jobs that brought it are over; whoever was stopped goes on with them.
        if (!found.some(({ error }) => error?.kind === 'cancelled')) await book.strike()
      }),
    )
    return answers
  }

const told = async (
  { provider, delivery }: Question,
  unit: Unit,
  found: ProviderAnswer | undefined,
  tell: Parameters<Ask>[2],
  answers: Map<string, ProviderAnswer>,
): Promise<void> => {
  const answer = found ?? failed(provider, new Error('no answer'))
  await Promise.all([tell(unit, answer), ...unit.positions.map((position) => delivery?.end(position, answer))])
  answers.set(unit.key, answer)
}

/** A job that anybody started will do as well as an answer that is kept; where that will not, only the run's own. */
const askerOf = (question: Question): Omit<Asker, 'redact'> => {
  const days = maxAgeOf(question)
  const since = days > 0 && { since: new Date(Date.now() - days * dayMs) }
  const { provider } = question
  return { ...headOf(question), creditPrice: provider.creditPrice, ground: groundNameOf(provider), ...since }
}

/** @returns the answers in the order of the units */
const callBatch = async (
  parts: AskParts,
  question: Question,
  units: readonly Unit[],
  redact: Redactor,
  jobs: JobBook,
): Promise<ProviderAnswer[]> => {
  const { provider, capability, delivery } = question
  const settling: Promise<void>[] = []
  const leaving = delivery && begunOnce(() => beginAll(delivery.begin, units))
  try {
    const answers = await perform({
      ...whoAsks(parts, question, settling, leaving?.begin),
      items: units.map(({ input }) => input),
      jobs,
    })
    const unavailable = answers.find(({ error }) => isUnavailable(error))
    if (unavailable) throw unavailable.error
    const at = new Date()
    return answers.map((answer) => {
      const { error } = answer
      if (!error || (answer.outputs.length > 0 && error.kind !== 'cancelled'))
        return fresh(question, answer, redact, at)
      // What never left has its own reason.
      const hasLeft = !leaving || leaving.hasBegun()
      return failed(provider, hasLeft ? errorOfEffect(error, capability, provider.connector.id) : error)
    })
  } catch (thrown) {
    // The database does not answer: nothing is wrong with these items.
    if (isUnavailable(thrown)) throw thrown
    return units.map(() => failed(provider, thrown))
  } finally {
    await Promise.all(settling)
  }
}

/** Where, as whom and by what sender a connector asks. */
const whoAsks = (
  { send, tokens, claims, clock, vendorBase, single }: AskParts,
  question: Question,
  settling: Promise<void>[],
  begin: (() => Promise<void>) | undefined,
): Omit<PerformInput, 'items' | 'jobs'> => {
  const { provider, capability, signal, stop, run, workspace, mode, patient } = question
  const { connector, connection, operation } = provider
  const sleep = (ms: number): Promise<void> => clock.sleep(ms, stop)
  const isOwnAccount = !connection.id.startsWith('sandbox-')
  const context = { workspace, mode, run, provider, effect: capability.effect, patient, signal, stop, settling }
  return {
    connector,
    operation,
    account: {
      connection: connection.id,
      fields: connection.fields,
      tokens: tokens({ workspace, mode }, connection.id, isOwnAccount),
      ...(vendorBase && { serverOverride: (server) => vendorBase(connector.id, server) }),
    },
    send: send({ ...context, ...(begin && { begin }) }),
    signal,
    stop,
    single,
    sleep: clock.sleep,
    ...(claims && { mutex: distributedMutex(claims, placeOf(question), sleep) }),
  }
}

const beginAll = async (begin: (position: number) => Promise<void>, units: readonly Unit[]): Promise<void> => {
  await Promise.all(units.flatMap(({ positions }) => positions).map(begin))
}

const begunOnce = (work: () => Promise<void>) => {
  let begun: Promise<void> | undefined
  return { begin: () => (begun ??= work()), hasBegun: () => begun !== undefined }
}
