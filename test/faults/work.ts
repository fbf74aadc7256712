import type { Results } from '../../hub-server/src/api/runs.ts'
import type { Result } from '../../hub-server/src/contracts/result.ts'
import type { Run } from '../../hub-server/src/contracts/run.ts'
import type { SandboxPerson } from '../../hub-server/src/sandbox/population/types.ts'
import type { HubAnswer } from '../hub/hub-process.ts'
import type { Kept } from './kept.ts'
import type { Stage } from './stage.ts'

/** A long run that the faults meet. */
export interface Work {
  readonly name: 'verify' | 'send' | 'bulk' | 'sync'
  readonly connector: string
  readonly block: string
  readonly options: Record<string, unknown>
  /** So many calls a second; the vendor takes `latencyMs` for each. */
  readonly perSecond: number
  /** What of the vendor's addresses costs, or may not be asked twice. */
  readonly paidPath: string
  /** What one such call costs at most. */
  readonly credits: number
  readonly items: number
  /** The field of the connection that is the key. */
  readonly key: string
}

/** So slow that of the calls in flight most are at the vendor, where they can be counted. */
export const latencyMs = 250

/** Addresses one by one. */
export const verify = (items: number, perSecond: number): Work => ({
  name: 'verify',
  connector: 'hunter',
  block: 'verify-email',
  options: { depth: 'services', providers: ['hunter'] },
  perSecond,
  paidPath: '',
  credits: 0.5,
  items,
  key: 'apiKey',
})

/** Addresses as jobs of up to 500, which take some 20 s: submitted, asked after every 10 s, fetched. */
export const bulk = (items: number, perSecond: number): Work => ({
  name: 'bulk',
  connector: 'neverbounce',
  block: 'verify-email',
  options: { depth: 'services', providers: ['neverbounce'] },
  perSecond,
  paidPath: '/jobs/create',
  credits: 500,
  items,
  key: 'apiKey',
})

export const send = (items: number, perSecond: number): Work => ({
  name: 'send',
  connector: 'sendgrid',
  block: 'send-message',
  options: { providers: ['sendgrid'], from: 'me@sender.example', subject: 'A question', text: 'Hello' },
  perSecond,
  paidPath: '',
  credits: 1,
  items,
  key: 'apiKey',
})

/** Contacts of a CRM. */
export const sync = (crm: 'hubspot' | 'pipedrive', items: number, perSecond: number): Work => ({
  name: 'sync',
  connector: crm,
  block: 'sync-crm',
  options: { crm },
  perSecond,
  paidPath: '',
  credits: 0,
  items,
  key: 'token',
})

type ItemOutput = Readonly<Record<string, unknown>>
export type ItemResult = Result<ItemOutput>

/** People of the population, each with an address that none of the others has. */
export const itemsFor = (
  { name, items }: Pick<Work, 'name' | 'items'>,
  { sandbox: { population } }: Stage,
): object[] => {
  const found = new Map<string, object>()
  for (let person = 0; found.size < items; person++) {
    const email = population.emailOf(person)
    if (!found.has(email)) found.set(email, name === 'sync' ? contactOf(population.person(person)) : { email })
  }
  return [...found.values()]
}

const contactOf = ({ email, firstName, lastName, title, phone, city }: SandboxPerson): object => ({
  email,
  firstName,
  lastName,
  title,
  phone,
  city,
})

/** The vendor's account of its own for the run under faults; its key is what the vendor counts by. */
export const accountOf = ({ connector }: Work): string => `faults-${connector}`

export const connect = async (hub: Kept, work: Work): Promise<void> => {
  const body = {
    connector: work.connector,
    fields: { [work.key]: accountOf(work) },
    limits: [{ calls: work.perSecond, per: '1s' }],
  }
  const { status, text } = await hub.ask('POST', '/v1/connections', { body })
  if (status !== 201) throw new Error(`${work.connector} could not be connected: ${text}`)
}

/** @returns the id of the accepted run */
export const begin = async (
  hub: Kept,
  { block, options }: Pick<Work, 'block' | 'options'>,
  items: readonly object[],
  key: string,
): Promise<string> => {
  const { status, text, body } = await hub.ask<{ run: Run }>('POST', '/v1/runs', {
    body: { block, options, items },
    headers: { 'idempotency-key': key },
  })
  if (status !== 202) throw new Error(`the run was not accepted: ${text}`)
  return body.run.id
}

/** A run of which no item ends, and that makes no call, for so long is stuck. */
const stuckMs = 120_000

/** Until the run has ended. @throws when it stands still */
export const ended = async (hub: Kept, id: string): Promise<Run> => {
  let seen = ''
  let since = performance.now()
  for (;;) {
    const { body: run } = await hub.ask<Run>('GET', `/v1/runs/${id}?wait=2s`)
    if (run.status === 'done') return run
    if (run.status !== 'queued' && run.status !== 'running')
      throw new Error(`the run is ${run.status}: ${JSON.stringify(run)}`)
    const now = `${run.items.pending} ${run.usage.calls}`
    if (now !== seen) since = performance.now()
    seen = now
    if (performance.now() - since > stuckMs)
      throw new Error(`the run stands still for two minutes: ${JSON.stringify(run)}`)
  }
}

export const resultsOf = async (hub: Kept, id: string): Promise<ItemResult[]> => {
  const results: ItemResult[] = []
  for (let cursor: string | undefined = '0'; cursor !== undefined;) {
    const page: HubAnswer<Results<ItemOutput>> = await hub.ask(
      'GET',
      `/v1/runs/${id}/results?limit=1000&cursor=${cursor}`,
    )
    results.push(...page.body.results)
    cursor = page.body.next
  }
  return results
}

/** What the vendor counted for one key, of the calls that cost. */
export interface Bill {
  /** Calls answered as described: neither refused nor dropped. */
  readonly answered: number
  readonly credits: number
}

type Counts = Record<string, Record<string, Record<string, { successes: number; charges: number }>> | undefined>

export const billOf = async ({ control }: Stage, { connector, paidPath }: Work, key: string): Promise<Bill> => {
  const counts = (await control('GET', 'counts')) as Counts
  const routes = Object.entries(counts[connector]?.[key] ?? {}).filter(([route]) => route.includes(paidPath))
  const sum = (what: 'successes' | 'charges') => routes.reduce((all, [, count]) => all + count[what], 0)
  return { answered: sum('successes'), credits: sum('charges') }
}

export interface VendorRecord {
  readonly fields: Readonly<Record<string, unknown>>
}

/** What lies at a vendor, for one key. */
export const recordsOf = async (
  { control }: Stage,
  { connector }: Pick<Work, 'connector'>,
  object: string,
  key: string,
): Promise<VendorRecord[]> => {
  const query = new URLSearchParams({ object, account: key, limit: '20000' })
  return ((await control('GET', `records/${connector}?${query}`)) as { records: VendorRecord[] }).records
}

/** To whom messages lie at the service, one entry for each message. */
export const messagesOf = async (stage: Stage, work: Work): Promise<string[]> =>
  (await recordsOf(stage, work, 'message', accountOf(work))).map(({ fields }) => String(fields.to))

/** The people in a CRM, one entry for each record: their address, and all that the record says. */
export const peopleIn = async (stage: Stage, work: Work, key: string): Promise<[string, string][]> => {
  const records = await recordsOf(stage, work, work.connector === 'pipedrive' ? 'person' : 'contact', key)
  return records.map(({ fields }) => [addressIn(fields), JSON.stringify(sorted(fields))])
}

const addressIn = ({ email, emails }: Readonly<Record<string, unknown>>): string => {
  const [first]: unknown[] = Array.isArray(emails) ? emails : [email]
  return String(first instanceof Object && 'value' in first ? first.value : first)
}

const sorted = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))
