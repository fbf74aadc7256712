import { HubError, asHubError } from '../../contracts/errors.ts'
import type { Paging, Way } from '../compiled/connector.ts'
import type { DoneJob, HeldJob, NewJob } from '../port/jobs.ts'
import type { Bound } from '../expressions/expression.ts'
import { errorOf } from '../read/classify.ts'
import { isMiss, miss, ofCall, outcomeOf, readItem, type Reading } from '../read/reading.ts'
import { truthy } from '../expressions/truth.ts'
import type { VendorAnswer } from '../port/types.ts'
import { baseOf, declaredBase } from '../request/buildRequest.ts'
import type { Unit } from '../../capabilities/waves.ts'
import { mostCredits, wantedOf } from './credits.ts'
import { call, type Call, type Run } from './call.ts'
import { followJob } from './job.ts'
import { keepPage, keptPage } from './kept-page.ts'
import { firstPage, nextPage, onSameServer, pageKey, type Page } from './paging.ts'
import { walkSteps } from './steps.ts'

/** Asks about one item. Never throws: what goes wrong is this item's error. */
export const askOne = async (
  run: Run,
  way: Way,
  { input: item, key }: Pick<Unit, 'input' | 'key'>,
): Promise<Reading> => {
  const { operation, jobs } = run
  const bound: Bound = { account: run.session.fields, item }
  try {
    if (operation.pages) return await askPages(run, way, operation.pages, { input: item, key }, bound)
    if (way.steps) {
      const { answer, steps, credits } = await walkSteps(run, way.steps, {
        root: item,
        bound,
        items: 1,
        maxCredits: 0,
        outcome: () => ({ credits: 0, hits: 0 }),
        mayMiss: 'no',
      })
      return {
        ...ofCall(await readItem(run.reader, answer.body, { ...seen(run, bound, answer), steps }, 0), answer),
        credits,
      }
    }
    const most = mostCredits(operation, wantedOf(item))
    if (way.callback && way.request && jobs.callable)
      return await askLater(run, { request: way.request, callback: way.callback }, { input: item, key }, bound, most)
    const read = reader(run, way, bound, most)
    const { answer, others } = await ask(run, way, aboutOne(item, bound, most, read), key)
    if (way.request && (await comesLater(run, way, answer, bound))) throw cannotBeCalled(run)
    return { ...(await read(answer)), ...(others && { others }) }
  } catch (thrown) {
    return { outputs: [], error: asHubError(thrown), credits: 0, raw: undefined }
  }
}

/** What expressions know while an answer is read. */
const seen = ({ session }: Run, bound: Bound, answer: VendorAnswer): Bound => ({
  ...session.bound(),
  ...bound,
  status: answer.status,
  headers: answer.headers,
})

/** Reads an answer once, although the gateway and the caller both want to know. */
const reader = (run: Run, way: Way, bound: Bound, most: number): ((answer: VendorAnswer) => Promise<Reading>) => {
  let last: { answer: VendorAnswer; reading: Promise<Reading> } | null = null
  const request = way.request ?? way.job?.result ?? { as: 'json' as const }
  const read = async (answer: VendorAnswer): Promise<Reading> => {
    if (await isMiss(run.reader, 'one', request, answer, bound)) return miss(run.reader, answer.body)
    // What comes later is paid for when it is promised.
    if (await comesLater(run, way, answer, bound)) return { outputs: [], credits: most, raw: answer.body }
    return readItem(run.reader, answer.body, seen(run, bound, answer), most)
  }
  return (answer) => {
    if (last?.answer !== answer) last = { answer, reading: read(answer).then((reading) => ofCall(reading, answer)) }
    return last.reading
  }
}

const comesLater = async (run: Run, way: Way, answer: VendorAnswer, bound: Bound): Promise<boolean> =>
  way.callback !== undefined && truthy(await way.callback.when.evaluate(answer.body, seen(run, bound, answer)))

const cannotBeCalled = ({ connector }: Run) =>
  new HubError(
    'unsupported',
    `${connector.manifest.name} answers this later, to an address of the hub’s, and this hub has none that can be ` +
      'reached from outside.',
    {
      provider: connector.id,
      advice: 'Set the hub’s public address (PUBLIC_URL).',
    },
  )

type Later = Required<Pick<Way, 'request' | 'callback'>>

/** A question whose answer may come later, to an address of ours that is written down before it is given away. */
const askLater = async (
  run: Run,
  way: Later,
  { input: item, key }: Pick<Unit, 'input' | 'key'>,
  bound: Bound,
  most: number,
): Promise<Reading> => {
  const told = async ({
    body,
    others,
    ledger,
  }: {
    body: unknown
    others: boolean
    ledger?: string
  }): Promise<Reading> => {
    const reading = await readItem(
      run.reader,
      body,
      { ...run.session.bound(), ...bound, status: 200, headers: {} },
      most,
    )
    return { ...reading, credits: most, ...(others && { others }), ...(ledger !== undefined && { ledger }) }
  }
  return withJob(run, { keys: [key], items: [item], way: 'one', credits: most, callback: true }, async (job) => {
    if ('answer' in job) return told({ body: job.answer.body, others: job.others, ledger: job.answer.ledger })
    let { ledger } = job
    if (!job.started) {
      const own: Bound = {
        ...bound,
        ...(job.callback && { callback: { url: job.callback.url, token: job.callback.token } }),
      }
      const read = reader(run, way, own, most)
      const outcome = async (answer: VendorAnswer) => outcomeOf([await read(answer)])
      const asked: Call = {
        root: item,
        bound: own,
        items: 1,
        maxCredits: most,
        outcome,
        mayMiss: 'one',
        request: way.request,
      }
      const { answer, isLater } = await firstAnswer(run, way, asked, job, own)
      if (!isLater) return read(answer)
      ledger = answer.ledger
      if (!(await job.start(null, ledger))) return undefined
    }
    const body = await heard(run, way, job)
    await job.finish({ status: 200, headers: {}, body, text: '' })
    return told({ body, others: job.others, ledger })
  })
}

/** Asks. Where the answer is there at once, or is a refusal, there is no job. */
const firstAnswer = async (
  run: Run,
  way: Later,
  asked: Call,
  job: HeldJob,
  bound: Bound,
): Promise<{ answer: VendorAnswer; isLater: boolean }> => {
  try {
    const answer = await call(run, asked)
    const isLater = await comesLater(run, way, answer, bound)
    if (!isLater) await job.drop()
    return { answer, isLater }
  } catch (thrown) {
    await job.drop()
    throw thrown
  }
}

/** What comes to a job's address. Whoever gives up leaves the job to the next. */
const heard = async ({ input, connector }: Run, { callback: { upToMs } }: Later, job: HeldJob): Promise<unknown> => {
  try {
    const said = await job.callback?.heard(upToMs, input.stop ?? input.signal)
    if (said) return said.body
    throw new HubError('timeout', 'The service promised an answer, and it has not come.', {
      provider: connector.id,
      advice:
        'Check that the hub’s public address (PUBLIC_URL) is reached from outside, then try again: an answer that ' +
        'comes meanwhile is kept, and not paid for again.',
    })
  } catch (thrown) {
    await job.leave()
    throw thrown
  }
}

/** How often a job may turn out to be somebody else's, or lost, before that is an error. */
const mostLooks = 5

/** Does work with the job that a question is in, or with a new one; again while the work gives nothing. */
const withJob = async <Out>(
  run: Run,
  job: NewJob,
  work: (job: HeldJob | DoneJob) => Promise<Out | undefined>,
): Promise<Out> => {
  const [key = ''] = job.keys
  for (let look = 0; look < mostLooks; look++) {
    const known = (await run.jobs.find([key])).get(key)
    const found = known ? await run.jobs.join(known.id, run.input.stop ?? run.input.signal) : await run.jobs.open(job)
    const out = found && (await work(found))
    if (out !== undefined) return out
  }
  throw new HubError('unavailable', `${run.connector.manifest.name} lost each job that was started for this.`, {
    provider: run.connector.id,
  })
}

/** By a request, or by a job that is started and asked for its result. */
const ask = async (
  run: Run,
  { request, job }: Way,
  asked: Omit<Call, 'request'>,
  key: string,
): Promise<{ answer: VendorAnswer; others: boolean }> => {
  if (job) {
    return withJob(
      run,
      { keys: [key], items: [asked.root], way: 'one', credits: asked.maxCredits, callback: job.calls },
      async (found) => {
        const answer =
          'answer' in found ? found.answer : await followJob(run, job, { ...asked, maxCredits: found.credits }, found)
        return answer && { answer, others: found.others }
      },
    )
  }
  if (request) return { answer: await call(run, { ...asked, request }), others: false }
  throw new HubError('unsupported', `${run.connector.manifest.name} is not asked for single items.`)
}

/** What is asked about one item. */
const aboutOne = (
  root: unknown,
  bound: Bound,
  maxCredits: number,
  read: (answer: VendorAnswer) => Promise<Reading>,
): Omit<Call, 'request'> => ({
  root,
  bound,
  items: 1,
  maxCredits,
  outcome: async (answer) => outcomeOf([await read(answer)]),
  mayMiss: 'one',
})

/** A question whose answer comes in pages. */
interface Paged {
  readonly way: Way
  readonly paging: Paging
  readonly item: unknown
  readonly question: string
  readonly bound: Bound
  /** Results that are wanted. */
  readonly wanted: number
}

/** What the pages have given until now. */
interface Found {
  readonly outputs: unknown[]
  readonly raw: unknown[]
  credits: number
  first?: VendorAnswer
}

const askPages = async (
  run: Run,
  { request, job }: Way,
  paging: Paging,
  { input: item, key: question }: Pick<Unit, 'input' | 'key'>,
  bound: Bound,
): Promise<Reading> => {
  const way: Way = { ...(request && { request }), ...(job && { job }) }
  const paged: Paged = { way, paging, item, question, bound, wanted: wantedOf(item) ?? Infinity }
  const found: Found = { outputs: [], raw: [], credits: 0 }
  const known = new Set<string>()
  try {
    let page: Page | null = firstPage(paging, paged.wanted)
    for (let count = 0; page; count++) {
      if (count >= paging.most) throw endless(run, `its pages did not end: ${paging.most} were read`)
      page = await readPage(run, paged, page, found)
      const key: string | null = page && pageKey(page)
      if (key && known.has(key)) throw endless(run, 'it named the same next page twice, so its list has no end')
      if (key) known.add(key)
    }
  } catch (thrown) {
    // What was found, and paid for, before the failure is kept.
    return readingOf(run, paged, found, asHubError(thrown))
  }
  return readingOf(run, paged, found)
}

const endless = ({ connector, session }: Run, what: string): HubError =>
  errorOf(connector, session.fields, 'bad_response', what)

/**
 * Reads a page, and keeps it where others follow.
 * @returns the next one; null where this was the last, or gave enough
 * @throws HubError for what is wrong with the answer: what it holds is taken all the same
 */
const readPage = async (run: Run, paged: Paged, here: Page, found: Found): Promise<Page | null> => {
  const { way, item, question } = paged
  const { cursor, number, offset, size } = here
  const bound: Bound = { ...paged.bound, page: { cursor, number, offset, size } }
  const most = mostCredits(run.operation, size)
  const read = reader(run, way, bound, most)
  const asked = { ...aboutOne(item, bound, most, read), ...(here.next !== undefined && { next: here.next }) }
  const name = `${question}\n${JSON.stringify(bound.page)}`
  const kept = way.request && (await keptPage(run, name))
  const { answer, others } = kept ?? (await ask(run, way, asked, name))
  const reading = await read(answer)
  found.first ??= answer
  found.outputs.push(...reading.outputs)
  found.raw.push(answer.body)
  found.credits += others ? 0 : reading.credits
  if (reading.error) throw reading.error
  const next = await turn(run, paged, here, { answer, bound, elements: reading.elements ?? 0 }, found)
  if (next && way.request && !kept) await keepPage(run, name, item, reading.credits, answer)
  return next
}

const turn = async (
  run: Run,
  { way, paging, wanted }: Paged,
  here: Page,
  { answer, bound, elements }: { answer: VendorAnswer; bound: Bound; elements: number },
  { outputs }: Found,
): Promise<Page | null> => {
  if (outputs.length >= wanted) return null
  const { session } = run
  const server = way.request ?? way.job?.poll ?? { server: 'default' }
  const all = seen(run, bound, answer)
  const follow = async (address: string): Promise<string> =>
    onSameServer(address, await declaredBase(server, session, all), await baseOf(server, session, all))
  return nextPage(paging, here, { answer, bound: all, elements, left: wanted - outputs.length, follow })
}

/** What all pages together say. */
const readingOf = (run: Run, { wanted }: Paged, { outputs, raw, credits, first }: Found, error?: HubError): Reading => {
  const all = { outputs: outputs.slice(0, wanted), credits, raw, ...(error && { error }) }
  const reading = error || outputs.length > 0 ? all : miss(run.reader, raw, credits)
  return first ? ofCall(reading, first) : reading
}
