import { HubError, asHubError } from '../../contracts/errors.ts'
import type { Paging, Way } from '../connector.ts'
import { mostCredits, wantedOf } from '../credits.ts'
import type { Bound } from '../expressions/expression.ts'
import { errorOf } from '../read/classify.ts'
import { isMiss, miss, ofCall, outcomeOf, readItem, type Reading } from '../read/reading.ts'
import { truthy } from '../truth.ts'
import type { VendorAnswer } from '../types.ts'
import { baseOf, declaredBase } from './buildRequest.ts'
import { call, type Call, type Run } from './call.ts'
import { runJob } from './job.ts'
import { firstPage, nextPage, onSameServer, pageKey, type Page } from './paging.ts'
import { walkSteps } from './steps.ts'

/** Asks about one item. Never throws: what goes wrong is this item's error. */
export const askOne = async (run: Run, way: Way, item: unknown): Promise<Reading> => {
  const { operation, callback } = run
  const bound: Bound = { account: run.session.fields, item, ...(callback && { callback: { url: callback.url, token: callback.token } }) }
  try {
    if (operation.pages) return await askPages(run, way, operation.pages, item, bound)
    if (way.steps) {
      const { answer, steps, credits } = await walkSteps(run, way.steps, { root: item, bound, items: 1, maxCredits: 0, outcome: () => ({ credits: 0, hits: 0 }), mayMiss: 'no' })
      return { ...ofCall(await readItem(run.reader, answer.body, { ...seen(run, bound, answer), steps }, 0), answer), credits }
    }
    const most = mostCredits(operation, wantedOf(item))
    const read = reader(run, way, bound, most)
    const asked: Omit<Call, 'request'> = { root: item, bound, items: 1, maxCredits: most, outcome: async (answer: VendorAnswer) => outcomeOf([await read(answer)]), mayMiss: 'one' }
    const answer = await ask(run, way, asked)
    return (await comesLater(run, way, answer, bound)) ? ofCall(await awaited(run, way, bound, most), answer) : await read(answer)
  } catch (thrown) {
    return { outputs: [], error: asHubError(thrown), credits: 0, raw: undefined }
  }
}

/** What expressions know while an answer is read. */
const seen = ({ session }: Run, bound: Bound, answer: VendorAnswer): Bound => ({ ...session.bound(), ...bound, status: answer.status, headers: answer.headers })

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

const awaited = async (run: Run, way: Way, bound: Bound, most: number): Promise<Reading> => {
  const { callback } = run
  const name = run.connector.manifest.name
  if (!callback || !way.callback) {
    throw new HubError('unsupported', `${name} answers this later, to an address of the hub’s, and this hub has none that can be reached from outside.`, { provider: run.connector.id, advice: 'Set the hub’s public address (PUBLIC_URL).' })
  }
  const body = await callback.wait(way.callback.upToMs, run.input.signal)
  return { ...(await readItem(run.reader, body, { ...run.session.bound(), ...bound, status: 200, headers: {} }, most)), credits: most }
}

/** By a request, or by a job that is started and asked for its result. */
const ask = (run: Run, { request, job }: Way, asked: Omit<Call, 'request'>): Promise<VendorAnswer> => {
  if (job) return runJob(run, job, asked)
  if (request) return call(run, { ...asked, request })
  throw new HubError('unsupported', `${run.connector.manifest.name} is not asked for single items.`)
}

const askPages = async (run: Run, { request, job }: Way, paging: Paging, item: unknown, bound: Bound): Promise<Reading> => {
  const { connector, operation, session } = run
  const way: Way = { ...(request && { request }), ...(job && { job }) }
  const server = request ?? job?.poll ?? { server: 'default' }
  const wanted = wantedOf(item) ?? Infinity
  const outputs: unknown[] = []
  const raw: unknown[] = []
  const known = new Set<string>()
  let credits = 0
  let first: VendorAnswer | undefined
  let page: Page | null = firstPage(paging, wanted)
  const ofFirst = (reading: Reading): Reading => (first ? ofCall(reading, first) : reading)
  const stopped = (error: HubError): Reading => ofFirst({ outputs: outputs.slice(0, wanted), error, credits, raw })
  try {
    for (let count = 0; page; count++) {
      if (count >= paging.most) return stopped(errorOf(connector, session.fields, 'bad_response', `its pages did not end: ${paging.most} were read`))
      const here: Page = page
      const own: Bound = { ...bound, page: { cursor: here.cursor, number: here.number, offset: here.offset, size: here.size } }
      const most = mostCredits(operation, here.size)
      const read = reader(run, way, own, most)
      const answer = await ask(run, way, { root: item, bound: own, items: 1, maxCredits: most, outcome: async (given) => outcomeOf([await read(given)]), mayMiss: 'one', ...(here.next !== undefined && { next: here.next }) })
      const reading = await read(answer)
      first ??= answer
      outputs.push(...reading.outputs)
      raw.push(answer.body)
      credits += reading.credits
      if (reading.error) return stopped(reading.error)
      if (outputs.length >= wanted) return ofFirst({ outputs: outputs.slice(0, wanted), credits, raw })
      const all = seen(run, own, answer)
      const follow = async (address: string): Promise<string> => onSameServer(address, await declaredBase(server, session, all), await baseOf(server, session, all))
      page = await nextPage(paging, here, { answer, bound: all, elements: reading.elements ?? 0, left: wanted - outputs.length, follow })
      const key = page && pageKey(page)
      if (key && known.has(key)) return stopped(errorOf(connector, session.fields, 'bad_response', 'it named the same next page twice, so its list has no end'))
      if (key) known.add(key)
    }
  } catch (thrown) {
    // What was found, and paid for, before the failure is kept.
    return stopped(asHubError(thrown))
  }
  return ofFirst(outputs.length ? { outputs, credits, raw } : miss(run.reader, raw, credits))
}
