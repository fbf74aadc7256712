import { HubError } from '../../contracts/errors.ts'
import type { Job } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import type { HeldJob } from '../port/jobs.ts'
import { rowFor } from '../read/classify.ts'
import { truthy } from '../expressions/truth.ts'
import type { Outcome, VendorAnswer } from '../port/types.ts'
import { call, type Call, type Run } from './call.ts'

type Asked = Omit<Call, 'request'>

const nothing: Outcome = { credits: 0, hits: 0 }

/** The vendor has ended the job without a result. */
class EndedError extends HubError {}

/** The vendor says that there is no such job, or that it failed and cost nothing. */
class LostError extends HubError {}

/**
 * A job of ours from where it stands to its result: submitted unless it has been, then asked until its result is there.
 * The whole price counts when it is submitted; the answer that brings the result corrects it, downwards, to what it
 * really cost. However this ends, the job is ours no longer.
 * @returns undefined when the job is to be looked for again: it is somebody else's, or the vendor no longer knows it
 * @throws HubError timeout when the result does not come in time: then the job goes on, and is taken up by the next
 */
export const followJob = async (run: Run, job: Job, asked: Asked, held: HeldJob): Promise<VendorAnswer | undefined> => {
  const started = held.started ? { ...held.started, ledger: held.ledger } : await begin(run, job, asked, held)
  if (!started) return undefined
  try {
    const answer = await collect(run, job, asked, held, started.ticket)
    await held.finish(answer)
    // What it cost stands with the call that submitted it.
    return started.ledger === undefined ? answer : { ...answer, ledger: started.ledger }
  } catch (thrown) {
    if (thrown instanceof LostError) {
      await held.drop(thrown.message)
      return undefined
    }
    await (thrown instanceof EndedError ? held.drop() : held.leave())
    return held.items.length > 1 ? asTheirs(thrown) : Promise.reject(thrown)
  }
}

const begin = async (
  run: Run,
  job: Job,
  asked: Asked,
  held: HeldJob,
): Promise<{ ticket: unknown; ledger?: string } | undefined> => {
  const { ticket, ledger } = await submit(run, job, asked, held).catch(async (thrown: unknown) => {
    await held.drop()
    throw thrown
  })
  return (await held.start(ticket, ledger)) ? { ticket, ...(ledger !== undefined && { ledger }) } : undefined
}

/** @returns the job's ticket, and the record of this call */
const submit = async (
  run: Run,
  job: Job,
  asked: Asked,
  held: HeldJob,
): Promise<{ ticket: unknown; ledger?: string }> => {
  const { maxCredits } = asked
  const bound = boundOf(asked, held)
  const started = await call(run, {
    ...asked,
    bound,
    request: job.submit,
    outcome: () => ({ credits: maxCredits, hits: 0 }),
    mayMiss: 'no',
  })
  const ticket: unknown = await job.ticket.evaluate(started.body, {
    ...bound,
    status: started.status,
    headers: started.headers,
  })
  if (ticket !== undefined && ticket !== null && ticket !== '')
    return { ticket, ...(started.ledger !== undefined && { ledger: started.ledger }) }
  throw new HubError('bad_response', `${run.connector.manifest.name} started a job without saying what it is called.`, {
    provider: run.connector.id,
  })
}

const boundOf = ({ bound }: Pick<Call, 'bound'>, { callback }: HeldJob): Bound => ({
  ...bound,
  ...(callback && { callback: { url: callback.url, token: callback.token } }),
})

/** Asks for a job that is under way until its result is there. */
const collect = async (run: Run, job: Job, asked: Asked, held: HeldJob, ticket: unknown): Promise<VendorAnswer> => {
  const isFresh = held.started === undefined
  const { name } = run.connector.manifest
  const bound: Bound = { ...boundOf(asked, held), ticket }
  // Its items were counted, and its price was taken, when it was submitted: on the account of the run that did.
  const collecting = {
    ...asked,
    items: 0,
    maxCredits: 0,
    collects: true,
    bound,
    ...(held.run !== undefined && { paidBy: held.run }),
  }
  const isDone = async (answer: VendorAnswer): Promise<boolean> => {
    const seen: Bound = { ...bound, status: answer.status, headers: answer.headers }
    if (job.waiting && truthy(await job.waiting.evaluate(answer.body, seen))) return false
    return job.done ? truthy(await job.done.evaluate(answer.body, seen)) : true
  }
  const settled = async (answer: VendorAnswer): Promise<Outcome> => {
    const { credits, hits } = await asked.outcome(answer)
    return { credits: credits - held.credits, hits }
  }
  const poll = async (): Promise<VendorAnswer> => {
    let last: VendorAnswer | undefined
    const outcome = async (given: VendorAnswer) =>
      job.fetch.length === 0 && (await isDone(given)) ? settled(given) : nothing
    const request = { request: job.poll, outcome, saw: (given: VendorAnswer): void => void (last = given) }
    const how = { ...(job.waiting && { waiting: job.waiting }), ...(job.fetch.length && { mayMiss: 'no' as const }) }
    return call(run, { ...collecting, ...request, ...how }).catch(async (thrown: unknown) => {
      throw last ? await endOf(run, job, last, bound, { thrown, isFresh }) : thrown
    })
  }

  const wait = waiting(run, job, held)
  if (isFresh) await wait()
  // Counted in waits, not on the clock: the sandbox's clock may run faster.
  const questions = Math.max(1, Math.ceil(job.upToMs / job.everyMs))
  for (let question = 0; question < questions; question++) {
    if (question > 0) await wait()
    const answer = await poll()
    if (!(await isDone(answer))) continue
    return job.fetch.length ? await fetchResult(run, job, collecting, settled).catch(asTheirs) : answer
  }
  throw new HubError('timeout', `${name} had no result after ${Math.round(job.upToMs / 1000)} seconds.`, {
    provider: run.connector.id,
    advice:
      'It is still at work. Try again later: the same job is asked for its result, and nothing is paid for again.',
  })
}

/** What an answer that is an error says about the job: that it has ended, that it was lost, or nothing. */
const endOf = async (
  run: Run,
  job: Job,
  { status, headers, body }: VendorAnswer,
  bound: Bound,
  { thrown, isFresh }: { thrown: unknown; isFresh: boolean },
): Promise<unknown> => {
  if (!(thrown instanceof HubError)) return thrown
  const says = await rowFor(job.poll.errors, status, body, { ...bound, status, headers })
  const more = { advice: thrown.advice, provider: run.connector.id, cause: thrown }
  // Right after it was submitted a job may not be known everywhere at the vendor, and is not submitted again and again.
  if (thrown.kind === 'not_found' && !isFresh) return new LostError(thrown.kind, thrown.message, more)
  return says && ends.has(says.kind) ? new EndedError(thrown.kind, thrown.message, more) : thrown
}

/** What the poll's own table says about a job, and no later poll will change. */
const ends: ReadonlySet<string> = new Set<HubError['kind']>([
  'not_found',
  'bad_response',
  'invalid_input',
  'conflict',
  'forbidden',
  'unsupported',
])

/**
 * A pause between two polls; the vendor's call ends it, once. Nobody waits on when the run is stopped: the job is
 * written down.
 */
const waiting = ({ input }: Run, { everyMs }: Job, { callback }: HeldJob): (() => Promise<void>) => {
  const stop = input.stop ?? input.signal
  let called = callback === undefined
  return async () => {
    if (called || !callback) return input.sleep(everyMs, stop)
    called = (await callback.heard(everyMs, stop)) !== undefined
  }
}

/** The requests that bring a finished job's result, in order; the last one's answer is it. */
const fetchResult = async (
  run: Run,
  { fetch }: Job,
  collecting: Asked,
  settled: (answer: VendorAnswer) => Promise<Outcome>,
): Promise<VendorAnswer> => {
  const steps: Record<string, unknown> = {}
  let answer: VendorAnswer | undefined
  for (const [position, { name, request }] of fetch.entries()) {
    const bound: Bound = { ...collecting.bound, steps }
    const last = position === fetch.length - 1
    answer = await call(run, {
      ...collecting,
      request,
      bound,
      ...(last ? { outcome: settled } : { outcome: () => nothing, mayMiss: 'no' }),
    })
    if (name !== undefined) steps[name] = answer.body
  }
  if (answer) return answer
  throw new HubError('unsupported', `${run.connector.manifest.name} has no way to fetch a result.`, {
    provider: run.connector.id,
  })
}

/**
 * What is refused once a job has been submitted is not the items' fault: they must not be submitted, and paid for,
 * again in halves.
 */
const asTheirs = (thrown: unknown): never => {
  if (!(thrown instanceof HubError) || (thrown.kind !== 'invalid_input' && thrown.kind !== 'conflict')) throw thrown
  throw new HubError('bad_response', thrown.message, {
    advice: thrown.advice,
    provider: thrown.provider,
    cause: thrown,
  })
}
