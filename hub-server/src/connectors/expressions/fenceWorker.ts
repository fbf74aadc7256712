// Runs users' expressions, in a thread of the process apart (fenceProcess.ts): it may be killed at any moment.
import { parentPort } from 'node:worker_threads'
import type jsonata from 'jsonata'
import type { Bound, Lexicon } from './expression.ts'
import { helpersFor } from './helpers.ts'
import { messageOf } from './messageOf.ts'
import { parse } from './syntax.ts'

export interface Job {
  readonly source: string
  /** Number of the lexicon; sent along the first time that this worker sees it. */
  readonly lexiconId: number
  readonly lexicon?: Lexicon
  readonly root: unknown
  readonly bound: Bound
}
/** `ready` once, when the thread has loaded; then one outcome for each job. */
export type Outcome = { readonly value: unknown } | { readonly failed: string }
export type Message = Outcome | 'ready'

const lexicons = new Map<number, ReturnType<typeof helpersFor>>()
const compiled = new Map<string, jsonata.Expression>()

const expressionFor = (job: Job): jsonata.Expression => {
  if (job.lexicon) lexicons.set(job.lexiconId, helpersFor(job.lexicon))
  const key = `${job.lexiconId}:${job.source}`
  const known = compiled.get(key)
  if (known) return known
  const fresh = parse(job.source)
  for (const [name, helper] of Object.entries(lexicons.get(job.lexiconId) ?? {})) fresh.registerFunction(name, helper)
  compiled.set(key, fresh)
  return fresh
}

const run = async (job: Job): Promise<Outcome> => {
  try {
    const value: unknown = await expressionFor(job).evaluate(job.root, { ...job.bound })
    if (typeof value === 'function') return { failed: 'gives a function, not a value' }
    // Only data crosses: what JSON cannot say (functions, cycles) stays here.
    return { value: value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown) }
  } catch (thrown) {
    return { failed: `failed: ${messageOf(thrown)}` }
  }
}

parentPort?.on('message', (job: Job) => {
  void run(job).then((outcome) => parentPort?.postMessage(outcome))
})
parentPort?.postMessage('ready' satisfies Message)
