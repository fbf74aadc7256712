import { HubError, UncertainError } from '../../contracts/errors.ts'
import type { Step } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import { truthy } from '../expressions/truth.ts'
import type { VendorAnswer } from '../port/types.ts'
import { call, type Call, type Run } from './call.ts'

export interface Walked {
  /** The answer of the last step that was taken. */
  readonly answer: VendorAnswer
  /** Bodies by the names of their steps. */
  readonly steps: Readonly<Record<string, unknown>>
  readonly credits: number
}

/** How often the steps are begun when it is not known whether one of them created something. */
const mostWalks = 3

/**
 * Takes the steps in order, leaving out those whose condition does not hold. When it is not known whether a step
 * created something, they are begun anew, with $again, after the vendor's search would find it.
 */
export const walkSteps = async (run: Run, steps: readonly Step[], asked: Omit<Call, 'request'>): Promise<Walked> => {
  for (let walks = 1; ; walks++) {
    try {
      return await walk(run, steps, walks === 1 ? asked : { ...asked, bound: { ...asked.bound, again: true } })
    } catch (thrown) {
      if (walks >= mostWalks || !(thrown instanceof UncertainError) || run.operation.capability.effect === 'send')
        throw thrown
      await run.input.sleep(Math.max(leastPauseMs, run.operation.seenAfterMs), run.input.signal)
    }
  }
}

const leastPauseMs = 1000

const walk = async (run: Run, steps: readonly Step[], asked: Omit<Call, 'request'>): Promise<Walked> => {
  const bodies: Record<string, unknown> = {}
  let answer: VendorAnswer | null = null
  let credits = 0
  let held = true
  for (const step of steps) {
    const bound: Bound = { ...asked.bound, steps: bodies }
    const taken: boolean = !(step.else && held) && (step.if ? truthy(await step.if.evaluate(asked.root, bound)) : true)
    if (step.if || step.else) held = taken || (step.else && held)
    if (!taken) continue
    if (step.let && step.name !== undefined)
      bodies[step.name] = await step.let(asked.root, { ...bound, ...run.session.bound() })
    if (!step.request) continue
    answer = await call(run, {
      ...asked,
      request: step.request,
      bound,
      maxCredits: step.credits,
      outcome: () => ({ credits: step.credits, hits: 0 }),
      mayMiss: 'no',
      ...(step.prepares && { prepares: true }),
      ...(step.creates && { creates: true }),
    })
    credits += step.credits
    if (step.name !== undefined) bodies[step.name] = answer.body
  }
  if (answer) return { answer, steps: bodies, credits }
  throw new HubError('unsupported', `${run.connector.manifest.name} has no step for this.`, {
    provider: run.connector.id,
  })
}
