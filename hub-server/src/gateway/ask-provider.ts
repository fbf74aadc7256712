import type { Capability } from '../capabilities/capability.ts'
import { batchSize, perform, type ItemAnswer, type JobBook } from '../connectors/index.ts'
import { asHubError, HubError, UncertainError, type ErrorValue } from '../contracts/errors.ts'
import type { Status } from '../contracts/result.ts'
import type { Scope } from '../contracts/scope.ts'
import { isAway } from '../db/away.ts'
import type { Answers, KeptAnswer } from './answers.ts'
import type { AskOptions } from './ask.ts'
import { aloneAmongAll } from './alone.ts'
import { askClaimed } from './ask-claimed.ts'
import type { Claims } from './claims.ts'
import type { Asker, Jobs } from './jobs.ts'
import { keyOf } from './key.ts'
import type { Ledger } from './ledger.ts'
import type { Clock } from './limiter.ts'
import type { Provider } from './providers.ts'
import { uncertainOf, type createSend } from './send.ts'
import { redactorOf, withoutSecrets, type Redactor } from './redact.ts'
import type { RunAnswer, RunAnswers } from './run-answers.ts'
import type { createSingleFlight } from './single-flight.ts'
import type { Tokens } from '../accounts/tokens.ts'
import { unlessStopped } from './unless-stopped.ts'

const dayMs = 86_400_000

/** What one provider said about one input. */
export interface ProviderAnswer {
  readonly status: Status
  readonly outputs: unknown[]
  readonly reason?: string
  readonly error?: ErrorValue
  readonly raw?: unknown
  readonly at: Date
  readonly provider: string
  readonly connection: string
  readonly cached: boolean
  /** Micro-USD that it costs whoever asks now: nothing, where it was kept. */
  readonly price: number
  /** Micro-USD that the vendor charged for it when it was asked; absent where that is not known. */
  readonly charged?: number
  /** The ledger row of the call that brought it. */
  readonly ledger?: string
  /** A later page failed: not kept in the cache. */
  readonly partial?: boolean
  /** It cost something, or was at work for it: its run keeps it. */
  readonly paid?: boolean
}

export interface AskParts {
  readonly answers: Answers
  readonly ledger: Ledger
  readonly send: ReturnType<typeof createSend>
  readonly tokens: Tokens
  readonly flights: ReturnType<typeof createSingleFlight<ProviderAnswer>>
  /** Where other processes may ask the same; absent where there is only this one. */
  readonly claims?: Claims
  readonly clock: Clock
  /** What was started at vendors and comes later. */
  readonly jobs: Jobs
  /** What a run alone may use again. */
  readonly runAnswers: RunAnswers
  readonly vendorBase?: (connector: string, server: string) => string
  /** Never in batches: for measuring what a call costs. */
  readonly single?: boolean
}

export interface Question extends Scope {
  readonly capability: Capability
  readonly provider: Provider
  readonly run: string | null
  readonly signal: AbortSignal
  readonly stop: AbortSignal
  readonly options: AskOptions
  /** An outage of the vendor is waited out. */
  readonly patient?: boolean
  /** What names the item of the run that an input is about; absent where it is about none. */
  readonly nameOf?: (position: number) => string
  /** Takes the highest price of an input from what its item may cost, right before it is asked; or says why not. */
  readonly admit?: (position: number) => ProviderAnswer | undefined
  /** What an input that was admitted has really cost. */
  readonly charge?: (position: number, answer: ProviderAnswer) => Promise<void>
  /** For messages: what is done right before one leaves, and as soon as its outcome is known. */
  readonly letters?: {
    readonly begin: (position: number) => Promise<void>
    readonly end: (position: number, answer: ProviderAnswer) => Promise<void>
  }
}

/**
 * The answers of one provider, in the order of the inputs: kept ones first, what is being asked already is waited for,
 * the rest is asked in batches.
 */
export const createAskProvider = (parts: AskParts) => {
  const { answers, flights, claims, clock } = parts

  /** What the run has paid for already, though nobody else may use it; the rest is asked, and kept for the run. */
  const askProvider = async (question: Question, inputs: readonly unknown[]): Promise<ProviderAnswer[]> => {
    const { capability, provider, run, nameOf, options } = question
    if (capability.effect !== 'read' || run === null || !nameOf || maxAgeOf(question) > 0)
      return askOutside(question, inputs)
    const keys = inputs.map((input) => keyOf(capability, input))
    const questions = keys.map((key, position) => ({
      item: nameOf(position),
      question: `${provider.connector.id} ${provider.operation} ${key}`,
    }))
    const known = new Map(
      [...(await parts.runAnswers.read(run, questions))].filter(([, { raw }]) => !(options.raw && raw === null)),
    )
    const open = [...inputs.keys()].filter((position) => !known.has(position))
    const keep = async (
      key: string,
      { status, partial, paid, outputs, reason, raw, at, charged, ledger }: ProviderAnswer,
    ): Promise<void> => {
      if (status !== 'done' || partial || !paid) return
      const answer = {
        run,
        outputs,
        reason: reason ?? null,
        raw: options.raw ? (raw ?? null) : null,
        ledger: ledger ?? null,
        price: charged ?? null,
        at,
      }
      await Promise.all(
        questions
          .filter((_name, position) => keys[position] === key)
          .map((name) => parts.runAnswers.keep({ ...answer, ...name })),
      )
    }
    const fresh = await askOutside(
      among(question, open),
      open.map((position) => inputs[position]),
      keep,
    )
    if (known.size > 0) await parts.ledger.cached(headOf(question), known.size)
    const answers = new Map(open.map((position, at) => [position, fresh[at]]))
    return inputs.map((_input, position) => {
      const kept = known.get(position)
      return (kept ? fromCache(kept, provider) : answers.get(position)) ?? failed(provider, new Error('no answer'))
    })
  }

  const askOutside = async (
    question: Question,
    inputs: readonly unknown[],
    keepForRun: KeepForRun = () => Promise.resolve(),
  ): Promise<ProviderAnswer[]> => {
    const { capability, provider, options } = question
    const place = {
      workspace: question.workspace,
      mode: question.mode,
      connector: provider.connector.id,
      operation: provider.operation,
    }
    const keys = inputs.map((input) => keyOf(capability, input))
    const isCached = capability.effect === 'read' && capability.expiryDays > 0
    if (!isCached) return askInWaves(parts, question, inputs, keys, keepForRun)

    const maxAge = maxAgeOf(question)
    const readKept = async (some: readonly string[]): Promise<Map<string, ProviderAnswer>> => {
      const kept = [...(await answers.read(place, some, maxAge)).values()].filter(
        (known) => !(options.raw && known.raw === null),
      )
      return new Map(kept.map((known) => [known.key, fromCache(known, provider)]))
    }
    const found = await readKept([...new Set(keys)])
    const waiting = new Map<string, Promise<ProviderAnswer>>()
    const fresh = new Map<string, unknown>()
    for (const [index, key] of keys.entries()) {
      if (found.has(key) || waiting.has(key) || fresh.has(key)) continue
      const underWay = flights.find(JSON.stringify([place, key]))
      if (underWay) waiting.set(key, underWay)
      else fresh.set(key, inputs[index])
    }
    // Of several items that ask the same, the first that may still cost so much pays.
    const payers = new Map<string, number>()
    for (const key of [...fresh.keys()]) {
      let refusal: ProviderAnswer | undefined
      for (const [position, other] of keys.entries()) {
        if (other !== key || payers.has(key)) continue
        refusal = question.admit?.(position)
        if (!refusal) payers.set(key, position)
      }
      if (!refusal) continue
      fresh.delete(key)
      found.set(key, refusal)
    }

    const flying = new Map([...fresh.keys()].map((key) => [key, flights.claim(JSON.stringify([place, key]))]))
    const land = (key: string, answer: ProviderAnswer): void => {
      found.set(key, answer)
      flying.get(key)?.land(answer)
      flying.delete(key)
    }
    const ask = async (some: readonly string[]): Promise<Map<string, ProviderAnswer>> => {
      // Kept as it comes, and before it is used: what was paid for is never asked for again.
      const keep = async (position: number, answer: ProviderAnswer): Promise<void> => {
        const { status, partial, outputs, reason, raw, at, charged, ledger } = answer
        const key = some[position]
        if (key === undefined) return
        await Promise.all([keepForRun(key, answer), question.charge?.(payers.get(key) ?? 0, answer)])
        if (status === 'done' && !partial && maxAge > 0)
          await answers.keep(
            place,
            {
              key,
              outputs,
              reason: reason ?? null,
              raw: options.raw ? (raw ?? null) : null,
              ledger: ledger ?? null,
              price: charged ?? null,
              at,
            },
            capability.expiryDays,
          )
      }
      const asked = await askBatches(
        parts,
        question,
        some.map((key) => fresh.get(key)),
        keep,
      )
      return new Map(some.map((key, index) => [key, asked[index] ?? failed(provider, new Error('no answer'))]))
    }
    try {
      if (claims && maxAge > 0)
        await askClaimed({ claims, place, read: readKept, ask, land, sleep: (ms) => clock.sleep(ms, question.stop) }, [
          ...fresh.keys(),
        ])
      else for (const [key, answer] of await ask([...fresh.keys()])) land(key, answer)
    } catch (thrown) {
      if (!question.stop.aborted) {
        for (const flight of flying.values()) flight.fail(thrown)
        throw thrown
      }
      for (const key of [...flying.keys()]) land(key, failed(provider, stopped()))
    }
    for (const [key, promise] of waiting) {
      const answer = await unlessStopped(promise, question.stop)
      found.set(key, answer ? { ...answer, cached: true, price: 0 } : failed(provider, stopped()))
    }
    // Another run was stopped, or had no money left: that says nothing to this one.
    const own = [...waiting.keys()].filter((key) => !question.stop.aborted && isOnlyTheirs(found.get(key)))
    if (own.length > 0) {
      const positions = own.map((key) => keys.indexOf(key))
      const again = await askOutside(
        among(question, positions),
        positions.map((position) => inputs[position]),
        keepForRun,
      )
      for (const [index, key] of own.entries()) found.set(key, again[index] ?? failed(provider, new Error('no answer')))
    }
    const kept = keys.filter((key) => found.get(key)?.cached).length
    if (kept > 0) await parts.ledger.cached(headOf(question), kept)
    return keys.map((key) => found.get(key) ?? failed(provider, new Error('no answer')))
  }
  return askProvider
}

const stopped = () => new HubError('cancelled', 'The run was stopped before this was asked.')

const isOnlyTheirs = (answer: ProviderAnswer | undefined): boolean =>
  answer?.error?.kind === 'cancelled' || answer?.error?.kind === 'over_budget'

type KeepForRun = (key: string, answer: ProviderAnswer) => Promise<void>

/** Greatest age of a kept answer in days; 0: none will do. */
const maxAgeOf = ({ capability, options }: Question): number =>
  capability.effect === 'read' ? Math.min(options.maxAgeDays ?? capability.expiryDays, capability.expiryDays) : 0

const headOf = ({ workspace, mode, run, provider }: Question) => ({
  workspace,
  mode,
  run,
  connector: provider.connector.id,
  connection: provider.connection.id,
  operation: provider.operation,
})

/** The same question about some of its inputs. */
const among = (question: Question, positions: readonly number[]): Question => {
  const { nameOf, admit, charge } = question
  const of = (at: number): number => positions[at] ?? 0
  return {
    ...question,
    ...(nameOf && { nameOf: (at: number) => nameOf(of(at)) }),
    ...(admit && { admit: (at: number) => admit(of(at)) }),
    ...(charge && { charge: (at: number, answer: ProviderAnswer) => charge(of(at), answer) }),
  }
}

/** Upserts of one key go one after the other; sends are never taken together. */
const askInWaves = async (
  parts: AskParts,
  question: Question,
  inputs: readonly unknown[],
  keys: readonly string[],
  keepForRun: KeepForRun,
): Promise<ProviderAnswer[]> => {
  const result: ProviderAnswer[] = []
  let open = [...inputs.keys()].filter((index) => {
    const refusal = question.admit?.(index)
    if (refusal) result[index] = refusal
    return !refusal
  })
  while (open.length > 0) {
    const seen = new Set<string>()
    const wave =
      question.capability.effect === 'send'
        ? open
        : open.filter((index) => !seen.has(keys[index] ?? '') && seen.add(keys[index] ?? ''))
    const { letters } = question
    const at = (position: number): number => wave[position] ?? 0
    const told = async (position: number, answer: ProviderAnswer): Promise<void> => {
      await Promise.all([
        letters?.end(at(position), answer),
        keepForRun(keys[at(position)] ?? '', answer),
        question.charge?.(at(position), answer),
      ])
    }
    const mine = letters && {
      begin: (position: number) => letters.begin(at(position)),
      end: (position: number, answer: ProviderAnswer) => letters.end(at(position), answer),
    }
    const answers = await askBatches(
      parts,
      { ...question, ...(mine && { letters: mine }) },
      wave.map((index) => inputs[index]),
      told,
    )
    wave.forEach(
      (index, position) => (result[index] = answers[position] ?? failed(question.provider, new Error('no answer'))),
    )
    const done = new Set(wave)
    open = open.filter((index) => !done.has(index))
  }
  return result
}

/** @param told is given each answer as soon as it is there */
const askBatches = async (
  parts: AskParts,
  question: Question,
  inputs: readonly unknown[],
  told?: (position: number, answer: ProviderAnswer) => Promise<void>,
): Promise<ProviderAnswer[]> => {
  const { provider } = question
  const size = parts.single ? 1 : batchSize(provider.connector, provider.operation)
  const redact = redactorOf(provider)
  const one = async (first: number): Promise<ProviderAnswer[]> => {
    const book = parts.jobs.bookFor({ ...askerOf(question), redact })
    const answers = await askBatch(parts, question, redact, inputs.slice(first, first + size), first, book)
    if (told) await Promise.all(answers.map((answer, index) => told(first + index, answer)))
    // Kept by now, so the jobs that brought it are over; whoever was stopped goes on with them.
    if (!answers.some(({ error }) => error?.kind === 'cancelled')) await book.strike()
    return answers
  }
  const batches = Array.from({ length: Math.ceil(inputs.length / size) }, (_, index) => one(index * size))
  return (await Promise.all(batches)).flat()
}

/** A job that anybody started will do as well as an answer that is kept; where that will not, only the run's own. */
const askerOf = (question: Question): Omit<Asker, 'redact'> => {
  const { workspace, mode, run, provider } = question
  const days = maxAgeOf(question)
  const since = days > 0 && { since: new Date(Date.now() - days * dayMs) }
  return { ...headOf(question), workspace, mode, run, creditPrice: provider.creditPrice, ...since }
}

const askBatch = async (
  { send, tokens, claims, clock, vendorBase, single }: AskParts,
  question: Question,
  redact: Redactor,
  items: readonly unknown[],
  first: number,
  jobs: JobBook,
): Promise<ProviderAnswer[]> => {
  const { provider, capability, options, signal, stop, run, workspace, mode } = question
  const { connector, connection, operation } = provider
  const settling: Promise<void>[] = []
  const { letters } = question
  let begun: Promise<void> | undefined
  const begin =
    letters &&
    (() => (begun ??= Promise.all(items.map((_item, at) => letters.begin(first + at))).then(() => undefined)))
  try {
    const answers = await perform({
      connector,
      operation,
      items,
      account: {
        connection: connection.id,
        fields: connection.fields,
        tokens: tokens({ workspace, mode }, connection.id, !connection.id.startsWith('sandbox-')),
        ...(vendorBase && { serverOverride: (server) => vendorBase(connector.id, server) }),
      },
      send: send({
        workspace,
        mode,
        run,
        provider,
        effect: capability.effect,
        patient: question.patient,
        signal,
        stop,
        settling,
        ...(begin && { begin }),
      }),
      signal,
      stop,
      single,
      sleep: clock.sleep,
      jobs,
      ...(claims && {
        alone: aloneAmongAll(claims, { workspace, mode, connector: connector.id, operation }, (ms) =>
          clock.sleep(ms, stop),
        ),
      }),
    })
    const away = answers.find(({ error }) => isAway(error))
    if (away) throw away.error
    const at = new Date()
    return answers.map((answer) =>
      answer.error && (answer.outputs.length === 0 || answer.error.kind === 'cancelled')
        ? failed(provider, letters && !begun ? answer.error : ofEffect(answer.error, capability, connector.id))
        : good(answer, provider, redact, at, options.raw === true),
    )
  } catch (thrown) {
    // The database is away: nothing is wrong with these items.
    if (isAway(thrown)) throw thrown
    return items.map(() => failed(provider, thrown))
  } finally {
    await Promise.all(settling)
  }
}

/** Accepted, but the answer cannot be read: for a send nobody knows what became of it. */
const ofEffect = (error: HubError, { effect }: Capability, connector: string): HubError =>
  effect === 'send' && error.kind === 'bad_response' ? uncertainOf(error, connector) : error

const good = (answer: ItemAnswer, provider: Provider, redact: Redactor, at: Date, raw: boolean): ProviderAnswer => ({
  status: 'done',
  outputs: redact.answer([...answer.outputs]),
  // Paid for before a later page failed: kept, and said.
  ...(answer.error
    ? { reason: redact.words(`Not all of it: ${answer.error.message}`), partial: true }
    : answer.reason && { reason: redact.words(answer.reason) }),
  ...(raw && answer.raw !== undefined && { raw: redact.answer(answer.raw) }),
  at,
  provider: provider.connector.id,
  connection: provider.connection.id,
  // Another run has started the job, and paid for it.
  cached: answer.others === true,
  price: answer.others ? 0 : Math.round(answer.credits * provider.creditPrice),
  charged: Math.round(answer.credits * provider.creditPrice),
  ...(answer.ledger !== undefined && { ledger: answer.ledger }),
  ...((answer.credits > 0 || isByJob(provider)) && { paid: true }),
})

const isByJob = ({ connector, operation }: Provider): boolean => {
  const { one, many } = connector.operations.get(operation) ?? {}
  return (one?.job ?? many?.job ?? one?.callback) !== undefined
}

const fromCache = (kept: KeptAnswer | RunAnswer, provider: Provider): ProviderAnswer => ({
  status: 'done',
  outputs: kept.outputs,
  ...(kept.reason && { reason: kept.reason }),
  ...(kept.raw !== null && { raw: kept.raw }),
  at: kept.at,
  provider: provider.connector.id,
  connection: provider.connection.id,
  cached: true,
  price: 0,
  ...(kept.price !== null && { charged: kept.price }),
  ...(kept.ledger !== null && { ledger: kept.ledger }),
})

const failed = (provider: Provider, thrown: unknown): ProviderAnswer => ({
  status: thrown instanceof UncertainError ? 'uncertain' : 'failed',
  outputs: [],
  error: withoutSecrets(provider, { ...asHubError(thrown).toValue(), provider: provider.connector.id }),
  at: new Date(),
  provider: provider.connector.id,
  connection: provider.connection.id,
  cached: false,
  price: 0,
})
