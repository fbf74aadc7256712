import { HubError } from '../../contracts/errors.ts'
import type { Job } from '../connector.ts'
import type { Bound } from '../expressions/expression.ts'
import { truthy } from '../truth.ts'
import type { VendorAnswer } from '../types.ts'
import { call, type Call, type Run } from './call.ts'

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
  // Counted in waits, not on the clock: the sandbox's clock may run faster.
  const questions = Math.max(1, Math.ceil(job.upToMs / job.everyMs))
  for (let question = 0; question < questions; question++) {
    await sleep(job.everyMs, signal)
    const answer = await call(run, {
      ...asked,
      request: job.poll,
      bound,
      // The items were counted when the job was started.
      items: 0,
      maxCredits: 0,
      collects: true,
      outcome: async (given) => {
        if (!(await isDone(given))) return { credits: 0, hits: 0 }
        const { credits, hits } = await asked.outcome(given)
        return { credits: credits - asked.maxCredits, hits }
      },
      ...(job.waiting && { waiting: job.waiting }),
    })
    if (await isDone(answer)) return answer
  }
  throw new HubError('timeout', `${run.connector.manifest.name} had no result after ${Math.round(job.upToMs / 1000)} seconds.`, { provider: run.connector.id })
}
