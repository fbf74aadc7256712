import { verifyEmail } from '../../capabilities/verifyEmail.ts'
import { HubError, type ErrorValue } from '../../contracts/errors.ts'
import type { Verdict } from '../../contracts/lead.ts'
import type { Result } from '../../contracts/result.ts'
import type { Asked, Block, BlockContext } from '../block.ts'
import { textOf } from '../fields.ts'
import { observe, saidBy, type Said } from '../observations.ts'
import { freeVerdict, type FreeVerdict } from './checks/freeVerdict.ts'
import { contract } from './contract.ts'

type Options = Parameters<(typeof block)['run']>[1]

interface Work {
  readonly index: number
  readonly item: Record<string, unknown>
  readonly email: string
  readonly free?: FreeVerdict
}

type Answer = Awaited<ReturnType<typeof askServices>>[number]

/** Free checks first; what they cannot decide, the services are asked one after the other until one is sure. */
export const block: Block<typeof contract> = {
  contract,
  chunk: 500,
  run: async (items, options, context) => {
    const results: Result[] = items
      .filter(({ value }) => !textOf(value.email))
      .map(({ index }) => ({
        item: index,
        status: 'skipped',
        outputs: [],
        reason: 'There is no e-mail address to verify.',
      }))
    const works = await Promise.all(
      items.flatMap(({ index, value }) => {
        const email = textOf(value.email)
        return email ? [prepare({ index, item: value, email }, options, context)] : []
      }),
    )
    const open = options.depth === 'free' ? [] : works.filter((work) => !work.free?.verdict)
    const answers = new Map(
      (await askServices(open, options, context)).map((answer, position) => [open[position], answer]),
    )
    for (const work of works) results.push(resultOf(work, answers.get(work), context.now()))
    return results
  },
}

const prepare = async (work: Work, { depth }: Options, { resolveMx }: BlockContext): Promise<Work> =>
  depth === 'services' ? work : { ...work, free: await freeVerdict(work.email, resolveMx) }

const askServices = async (works: readonly Work[], options: Options, { ask }: BlockContext) => {
  if (works.length === 0) return []
  const { providers, maxAgeDays, maxPrice, raw } = options
  const accept = (output: unknown) => !(output instanceof Object && 'status' in output && output.status === 'unknown')
  try {
    return await ask(
      verifyEmail,
      works.map(({ email }) => ({ email })),
      { providers, maxAgeDays, maxPrice, raw, accept, items: works.map(({ index }) => index) },
    )
  } catch (thrown) {
    // Nobody is connected: the free checks stand, and say so. A provider asked for by name must answer.
    if (
      !(thrown instanceof HubError) ||
      thrown.kind !== 'not_connected' ||
      providers.length > 0 ||
      options.depth === 'services'
    )
      throw thrown
    return works.map((): { error: ErrorValue } => ({ error: thrown.toValue() }))
  }
}

const resultOf = ({ index, item, email, free }: Work, answer: Answer | undefined, now: Date): Result => {
  const output = answer && 'outputs' in answer ? answer.outputs[0] : undefined
  if (answer && 'outputs' in answer && output)
    return done(index, item, {
      email,
      verdict: output.status,
      reason: reasonOf(output.status, output.reason, answer),
      said: saidBy(answer),
      confidence: surenessOf.service[output.status],
      checks: {
        ...free?.checks,
        ...defined({
          isFree: output.isFree,
          isRole: output.isRole,
          isDisposable: output.isDisposable,
          isCatchAll: output.isCatchAll,
          suggestion: output.suggestion,
        }),
      },
      ...('raw' in answer && { raw: answer.raw }),
    })
  if (answer?.error?.kind === 'cancelled') return { item: index, status: 'pending', outputs: [] }
  // What a person can mend is waited for: the free checks would be a poor answer to a list that was to be verified.
  if (answer?.error?.pauses) return { item: index, status: 'failed', outputs: [], error: answer.error }
  if (!free)
    return {
      item: index,
      status: 'failed',
      outputs: [],
      error: answer?.error ?? { kind: 'bad_response', message: 'The service gave no verdict.', advice: 'Try again.' },
    }
  const unasked = answer?.error ? ` No service could be asked: ${answer.error.message}` : ''
  const verdict = free.verdict ?? free.otherwise
  return done(index, item, {
    email,
    verdict,
    reason: free.reason + unasked,
    said: { source: 'built-in', at: now.toISOString() },
    confidence: surenessOf.builtIn[verdict],
    checks: { ...free.checks },
  })
}

interface Finding {
  readonly email: string
  readonly verdict: Verdict
  readonly reason: string
  readonly said: Said
  readonly confidence: number
  readonly checks: Record<string, unknown>
  readonly raw?: unknown
}

const done = (index: number, item: Record<string, unknown>, finding: Finding): Result => {
  const { email, verdict, reason, said, confidence, checks, raw } = finding
  const found = { verdict, verdictReason: reason, verifiedBy: said.source, verifiedAt: said.at, emailChecks: checks }
  return {
    item: index,
    status: 'done',
    outputs: [observe({ ...item, email: email.toLowerCase(), ...found }, said, { verdict }, confidence)],
    ...(raw !== undefined && { raw }),
  }
}

/**
 * The chance that a verdict is right. A service has asked the mail server; the free checks are sure only where no mail
 * can arrive at all; and “unknown” must not stand against what somebody knew before.
 */
const surenessOf: Record<'service' | 'builtIn', Record<Verdict, number>> = {
  service: { deliverable: 0.95, undeliverable: 0.95, risky: 0.8, unknown: 0.1 },
  builtIn: { deliverable: 0.5, undeliverable: 0.95, risky: 0.6, unknown: 0.1 },
}

const sayings: Record<Verdict, string> = {
  deliverable: 'Mail to this address arrives',
  undeliverable: 'Mail to this address does not arrive',
  risky: 'Mail to this address may not arrive, or reaches nobody in particular',
  unknown: 'Nobody could tell whether mail arrives',
}

const reasonOf = (verdict: Verdict, words: string | undefined, { provider }: Asked<unknown>): string =>
  `${sayings[verdict]}, says ${provider ?? 'the service'}${words ? ` (${words})` : ''}.`

const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
