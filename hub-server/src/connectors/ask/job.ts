import { HubError } from '../../contracts/errors.ts'
import type { Job } from '../connector.ts'
import type { Bound } from '../expressions/expression.ts'
import { truthy } from '../truth.ts'
import type { Outcome, VendorAnswer } from '../types.ts'
import { call, type Call, type Run } from './call.ts'

const nothing: Outcome = { credits: 0, hits: 0 }

/** What is asked of a job under way: its items were counted, and its price was taken, when it was started. */
const collecting = { items: 0, maxCredits: 0, collects: true }

/**
 * Starts a job and asks until its result is there. The whole price counts when the job is started; the answer that
 * brings the result corrects it, downwards, to what it really cost.
 * @throws HubError timeout when the result does not come in time
 */
export const runJob = async (run: Run, job: Job, asked: Omit<Call, 'request'>): Promise<VendorAnswer> => {
  const { signal, sleep } = run.input
  const started = await call(run, { ...asked, request: job.submit, outcome: () => ({ credits: asked.maxCredits, hits: 0 }), mayMiss: 'no' })
  const ticket: unknown = await job.ticket.evaluate(started.body, { ...asked.bound, status: started.status, headers: started.headers })
  if (ticket === undefined || ticket === null || ticket === '') {
    throw new HubError('bad_response', `${run.connector.manifest.name} started a job without saying what it is called.`, { provider: run.connector.id })
  }
  const bound: Bound = { ...asked.bound, ticket }
  const isDone = async (answer: VendorAnswer): Promise<boolean> => {
    const seen: Bound = { ...bound, status: answer.status, headers: answer.headers }
    if (job.waiting && truthy(await job.waiting.evaluate(answer.body, seen))) return false
    return job.done ? truthy(await job.done.evaluate(answer.body, seen)) : true
  }
  const settled = async (answer: VendorAnswer): Promise<Outcome> => {
    const { credits, hits } = await asked.outcome(answer)
    return { credits: credits - asked.maxCredits, hits }
  }
  // Counted in waits, not on the clock: the sandbox's clock may run faster.
  const questions = Math.max(1, Math.ceil(job.upToMs / job.everyMs))
  for (let question = 0; question < questions; question++) {
    await sleep(job.everyMs, signal)
    const answer = await call(run, {
      ...asked,
      ...collecting,
      request: job.poll,
      bound,
      outcome: async (given) => (job.fetch.length === 0 && (await isDone(given)) ? settled(given) : nothing),
      ...(job.waiting && { waiting: job.waiting }),
      ...(job.fetch.length && { mayMiss: 'no' }),
    })
    if (!(await isDone(answer))) continue
    const result = job.fetch.length ? await fetchResult(run, job, { ...asked, bound }, settled).catch(asTheirs) : answer
    // What it cost stands with the call that started it.
    return started.ledger === undefined ? result : { ...result, ledger: started.ledger }
  }
  throw new HubError('timeout', `${run.connector.manifest.name} had no result after ${Math.round(job.upToMs / 1000)} seconds.`, { provider: run.connector.id })
}

/** The requests that bring a finished job's result, in order; the last one's answer is it. */
const fetchResult = async (run: Run, { fetch }: Job, asked: Omit<Call, 'request'>, settled: (answer: VendorAnswer) => Promise<Outcome>): Promise<VendorAnswer> => {
  const steps: Record<string, unknown> = {}
  let answer: VendorAnswer | undefined
  for (const [position, { name, request }] of fetch.entries()) {
    const bound: Bound = { ...asked.bound, steps }
    const last = position === fetch.length - 1
    answer = await call(run, { ...asked, ...collecting, request, bound, ...(last ? { outcome: settled } : { outcome: () => nothing, mayMiss: 'no' }) })
    if (name !== undefined) steps[name] = answer.body
  }
  if (answer) return answer
  throw new HubError('unsupported', `${run.connector.manifest.name} has no way to fetch a result.`, { provider: run.connector.id })
}

/** What is refused once the job is done is not the items' fault: they must not be started, and paid for, again in halves. */
const asTheirs = (thrown: unknown): never => {
  if (!(thrown instanceof HubError) || (thrown.kind !== 'invalid_input' && thrown.kind !== 'conflict')) throw thrown
  throw new HubError('bad_response', thrown.message, { provider: thrown.provider, cause: thrown })
}
