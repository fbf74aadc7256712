import type { Kept } from './kept.ts'
import type { Stage } from './stage.ts'

/** A long run that the faults meet. */
export interface Work {
  readonly name: 'verify' | 'send'
  readonly connector: string
  readonly block: string
  readonly options: Record<string, unknown>
  /** One call an item, so many a second; the vendor takes `latencyMs` for each. */
  readonly perSecond: number
  /** What one call costs at most. */
  readonly credits: number
  readonly items: number
}

/** So slow that of the calls in flight most are at the vendor, where they can be counted. */
export const latencyMs = 250

export const verify = (items: number, perSecond: number): Work => ({ name: 'verify', connector: 'hunter', block: 'verify-email', options: { depth: 'services', providers: ['hunter'] }, perSecond, credits: 0.5, items })
export const send = (items: number, perSecond: number): Work => ({
  name: 'send',
  connector: 'sendgrid',
  block: 'send-message',
  options: { providers: ['sendgrid'], from: 'me@sender.example', subject: 'A question', text: 'Hello [[firstName|there]]' },
  perSecond,
  credits: 1,
  items,
})

export interface ItemResult {
  readonly item: number
  readonly status: 'done' | 'skipped' | 'failed' | 'uncertain' | 'pending'
  readonly outputs: readonly Record<string, unknown>[]
  readonly reason?: string
  readonly error?: { readonly kind: string; readonly message: string }
}

export interface RunState {
  readonly id: string
  readonly status: string
  readonly usage: { readonly calls: number }
  readonly items: Record<'total' | 'done' | 'skipped' | 'failed' | 'uncertain' | 'pending', number>
}

/** Distinct addresses of the population. */
export const addressesFor = ({ items }: Work, { sandbox }: Stage): string[] => {
  const found = new Set<string>()
  for (let person = 0; found.size < items; person++) found.add(sandbox.population.emailOf(person))
  return [...found]
}

/** The vendor's account of its own for the run under faults; its key is what the vendor counts by. */
export const accountOf = ({ connector }: Work): string => `faults-${connector}`

export const connect = async (hub: Kept, work: Work): Promise<void> => {
  const { status, text } = await hub.ask('POST', '/v1/connections', { body: { connector: work.connector, fields: { apiKey: accountOf(work) }, limits: [{ calls: work.perSecond, per: '1s' }] } })
  if (status !== 201) throw new Error(`${work.connector} could not be connected: ${text}`)
}

/** @returns the id of the accepted run */
export const begin = async (hub: Kept, { block, options }: Pick<Work, 'block' | 'options'>, items: readonly object[], key: string): Promise<string> => {
  const { status, text, body } = await hub.ask<{ run: RunState }>('POST', '/v1/runs', { body: { block, options, items }, headers: { 'idempotency-key': key } })
  if (status !== 202) throw new Error(`the run was not accepted: ${text}`)
  return body.run.id
}

/** A run of which no item ends, and that makes no call, for so long is stuck. */
const stuckMs = 120_000

/** Until the run has ended. @throws when it stands still */
export const ended = async (hub: Kept, id: string): Promise<RunState> => {
  let seen = ''
  let since = performance.now()
  for (;;) {
    const { body: run } = await hub.ask<RunState>('GET', `/v1/runs/${id}?wait=2s`)
    if (run.status === 'done') return run
    if (run.status !== 'queued' && run.status !== 'running') throw new Error(`the run is ${run.status}: ${JSON.stringify(run)}`)
    const now = `${run.items.pending} ${run.usage.calls}`
    if (now !== seen) since = performance.now()
    seen = now
    if (performance.now() - since > stuckMs) throw new Error(`the run stands still for two minutes: ${JSON.stringify(run)}`)
  }
}

export const resultsOf = async (hub: Kept, id: string): Promise<ItemResult[]> => {
  const results: ItemResult[] = []
  for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
    const { body }: { body: { results: ItemResult[]; next?: string } } = await hub.ask<{ results: ItemResult[]; next?: string }>('GET', `/v1/runs/${id}/results?limit=1000&cursor=${cursor}`)
    results.push(...body.results)
    cursor = body.next
  }
  return results
}

/** What the vendor counted for one key. */
export interface Bill {
  /** Calls answered as described: neither refused nor dropped. */
  readonly answered: number
  /** Those of them that cost something, as all do that cost the same. */
  readonly credits: number
}

export const billOf = async ({ control }: Stage, { connector }: Work, key: string): Promise<Bill> => {
  const counts = (await control('GET', 'counts')) as Record<string, Record<string, Record<string, { successes: number; charges: number }>> | undefined>
  const routes = Object.values(counts[connector]?.[key] ?? {})
  return { answered: routes.reduce((sum, { successes }) => sum + successes, 0), credits: routes.reduce((sum, { charges }) => sum + charges, 0) }
}

/** To whom messages lie at the service, one entry for each message. */
export const messagesOf = async ({ control }: Stage, work: Work): Promise<string[]> => {
  const { records } = (await control('GET', `records/${work.connector}?object=message&account=${accountOf(work)}&limit=20000`)) as { records: { fields: { to: string } }[] }
  return records.map(({ fields }) => fields.to)
}
