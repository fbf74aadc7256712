import { HubError, asHubError } from '../../contracts/errors.ts'
import type { Connector, Operation, Request } from '../compiled/connector.ts'
import type { Bound, Expression } from '../expressions/expression.ts'
import { classify } from '../read/classify.ts'
import { isMiss, type MayMiss, type Reader } from '../read/reading.ts'
import { truthy } from '../expressions/truth.ts'
import type { JobBook } from '../port/jobs.ts'
import type { Outcome, PerformInput, VendorAnswer } from '../port/types.ts'
import { buildRequest } from '../request/buildRequest.ts'
import type { Session } from '../auth/session.ts'

/** One perform under way: what all its calls have in common. */
export interface Run {
  readonly connector: Connector
  readonly operation: Operation
  readonly session: Session
  readonly input: PerformInput
  readonly reader: Reader
  readonly jobs: JobBook
}

/** One call to make. */
export interface Call {
  readonly request: Request
  readonly root: unknown
  readonly bound: Bound
  readonly items: number
  readonly maxCredits: number
  readonly outcome: (answer: VendorAnswer) => Outcome | Promise<Outcome>
  /** Fetches what is paid for already. */
  readonly collects?: boolean
  /** The run on whose account it is, where that is not the one that asks. */
  readonly paidBy?: string | null
  /** Sends nothing yet. */
  readonly prepares?: boolean
  /** Creates what the vendor would create twice. */
  readonly creates?: boolean
  /** True while a job's result is not there: such an answer is no error, whatever its body looks like. */
  readonly waiting?: Expression
  /** Is shown every answer, the refusals too. */
  readonly saw?: (answer: VendorAnswer) => void
  readonly mayMiss: MayMiss
  /** The whole address of a further page, where the vendor gave it. */
  readonly next?: string
}

/**
 * Makes a call through the gateway. A refused token is renewed once and the call repeated once: what was refused was
 * not done.
 * @throws HubError the vendor's refusal, or the gateway's own
 */
export const call = async (run: Run, asked: Call): Promise<VendorAnswer> => {
  const credentials = await run.session.credentials()
  try {
    return await attempt(run, asked, credentials)
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.kind !== 'unauthorized' || !(await run.session.renew(credentials)))
      throw thrown
    return attempt(run, asked, await run.session.credentials())
  }
}

const attempt = async (
  { connector, operation, session, input, reader }: Run,
  asked: Call,
  credentials: Awaited<ReturnType<Session['credentials']>>,
): Promise<VendorAnswer> => {
  if (input.signal.aborted) throw new HubError('cancelled', 'This was cancelled before it was asked.')
  const bound: Bound = { ...asked.bound, ...credentials.bound }
  const request = await buildRequest(
    asked.request,
    session,
    operation.key,
    asked.root,
    bound,
    asked.request.open ? null : credentials,
    asked.next,
  )
  const errors = [...operation.errors, ...connector.compiled.errors]
  return session.send(request, {
    maxCredits: asked.maxCredits,
    items: asked.items,
    classify: async (answer) => {
      asked.saw?.(answer)
      try {
        const seen: Bound = { ...bound, status: answer.status, headers: answer.headers }
        if (asked.waiting && answer.status < 300 && truthy(await asked.waiting.evaluate(answer.body, seen))) return null
        if (await isMiss(reader, asked.mayMiss, asked.request, answer, seen)) return null
        return await classify({
          connector,
          fields: session.fields,
          request: asked.request,
          errors,
          answer,
          root: answer.body,
          bound,
        })
      } catch (thrown) {
        return asHubError(thrown)
      }
    },
    outcome: async (answer) => asked.outcome(answer),
    ...(asked.collects && { collects: true }),
    ...(asked.paidBy !== undefined && { paidBy: asked.paidBy }),
    ...(asked.prepares && { prepares: true }),
    ...(asked.creates && { creates: true }),
  })
}
