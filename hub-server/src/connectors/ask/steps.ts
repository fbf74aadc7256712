import { HubError } from '../../contracts/errors.ts'
import type { Step } from '../connector.ts'
import type { Bound } from '../expressions/expression.ts'
import { truthy } from '../truth.ts'
import type { VendorAnswer } from '../types.ts'
import { call, type Call, type Run } from './call.ts'

export interface Walked {
  /** The answer of the last step that was taken. */
  readonly answer: VendorAnswer
  /** Bodies by the names of their steps. */
  readonly steps: Readonly<Record<string, unknown>>
  readonly credits: number
}

/** Takes the steps in order, leaving out those whose condition does not hold. */
export const walkSteps = async (run: Run, steps: readonly Step[], asked: Omit<Call, 'request'>): Promise<Walked> => {
  const bodies: Record<string, unknown> = {}
  let answer: VendorAnswer | null = null
  let credits = 0
  let held = true
  for (const step of steps) {
    const bound: Bound = { ...asked.bound, steps: bodies }
    const taken: boolean = !(step.else && held) && (step.if ? truthy(await step.if.evaluate(asked.root, bound)) : true)
    if (step.if || step.else) held = taken || (step.else && held)
    if (!taken) continue
    if (step.let && step.name !== undefined) bodies[step.name] = await step.let(asked.root, { ...bound, ...run.session.bound() })
    if (!step.request) continue
    answer = await call(run, { ...asked, request: step.request, bound, maxCredits: step.credits, outcome: () => ({ credits: step.credits, hits: 0 }), mayMiss: 'no', ...(step.prepares && { prepares: true }) })
    credits += step.credits
    if (step.name !== undefined) bodies[step.name] = answer.body
  }
  if (answer) return { answer, steps: bodies, credits }
  throw new HubError('unsupported', `${run.connector.manifest.name} has no step for this.`, { provider: run.connector.id })
}
