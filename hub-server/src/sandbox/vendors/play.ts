import { headersOf } from './answers.ts'
import type { VendorCall, VendorReply } from './call.ts'
import type { CountBook } from './counts.ts'
import { within } from './expression.ts'
import type { RefusalKind } from './format.ts'
import type { CallPlace } from './limits.ts'
import type { Vendor } from './load.ts'
import { creditsOf, magicOf, slowMs } from './magic.ts'
import { presentedKey } from './presented-key.ts'
import { recordFunctions } from './record-functions.ts'
import { replyOf, spoiled } from './reply.ts'
import type { Matched } from './routes.ts'

/** A reply with what the vendor's books and the log of requests need. */
export interface Performed {
  readonly reply: VendorReply
  readonly key: string | undefined
  readonly route: string | undefined
}

/**
 * `none` for tests; `usual` as slow as sandbox.yaml says that the vendor is; milliseconds for every vendor, or for
 * those that are named.
 */
export type Latency = 'none' | 'usual' | number
export type Latencies = Latency | Readonly<Record<string, number>>

export interface Stage {
  readonly counts: CountBook
  readonly latency: Latencies
}

const manyCredits = 1_000_000

/** A vendor's answer to one call. @throws HubError when one of its expressions fails */
export const play = async (vendor: Vendor, call: VendorCall, stage: Stage): Promise<Performed> => {
  const key = presentedKey(vendor.keys, call) ?? ''
  const matched = await firstThatFits(vendor, call, key)
  if (matched) return { reply: await answer(vendor, call, matched, key, stage), key, route: matched.route.name }
  const missing = await vendor.routes.missing(await scopeOf(vendor, call, {}, key))
  return { reply: replyOf(missing, {}, 0), key, route: undefined }
}

const scopeOf = async (
  vendor: Vendor,
  call: VendorCall,
  params: Matched['params'],
  key: string,
): Promise<Record<string, unknown>> => {
  const { query, body, headers, method, path, server } = call
  return within(await vendor.base(), { query, body, headers, method, path, server, params, key })
}

const firstThatFits = async (vendor: Vendor, call: VendorCall, key: string): Promise<Matched | undefined> => {
  for (const candidate of vendor.routes.find(call.method, call.server, call.path)) {
    if (
      candidate.route.route.when === undefined ||
      (await candidate.route.fits(await scopeOf(vendor, call, candidate.params, key)))
    )
      return candidate
  }
  return undefined
}

const answer = async (
  vendor: Vendor,
  call: VendorCall,
  { route, params }: Matched,
  key: string,
  { counts, latency }: Stage,
): Promise<VendorReply> => {
  const scope = await scopeOf(vendor, call, params, key)
  const count = counts.of(vendor.id, key, route.name)
  const delay = delayOf(vendor, latency)
  count.calls++
  const refuse = async (kind: RefusalKind, more: Record<string, unknown> = {}): Promise<VendorReply> =>
    replyOf(await route.refusal(kind, within(scope, more)), {}, delay)

  const magic = magicOf(key)
  if (magic === 'down') return refuse('unavailable')
  if (!route.route.open) {
    if (key === '' || magic === 'bad') return refuse('unauthorized')
    if (vendor.keyIsGood && (await vendor.keyIsGood(scope)) !== true) return refuse('unauthorized')
  }
  const account = String((await vendor.accountOf?.(scope)) ?? key)
  const place: CallPlace = {
    key: account,
    server: call.server,
    bucket: route.route.bucket ?? 'default',
    operation: route.route.operation,
    route: route.name,
  }
  if (magic === 'limited') return refuse('limited', { retryAfter: 1, rates: [] })
  const admission = vendor.limits.admit(place)
  if (!admission.admitted) return refuse('limited', { retryAfter: admission.retryAfter, rates: admission.rates })

  const charged = counts.charged(vendor.id, key)
  const left = magic === 'empty' ? 0 : Math.max(0, (creditsOf(key) ?? vendor.file.credits ?? manyCredits) - charged)
  scope.account = { id: account, key, credits: left, used: charged, calls: count.calls }
  scope.rates = admission.rates
  if (left <= 0 && !route.route.free && !route.route.open) return refuse('exhausted')

  const end = vendor.limits.begin(place)
  try {
    const outcome = await route.answer(Object.assign(scope, recordFunctions(vendor.accounts.of(account))))
    if (outcome.success) {
      count.successes++
      count.charges += outcome.charge
    }
    const shared = vendor.headers ? headersOf(await vendor.headers(scope)) : {}
    return spoiled(replyOf(outcome.made, shared, delay + (magic === 'slow' ? slowMs : 0)), magic)
  } finally {
    end()
  }
}

const delayOf = (vendor: Vendor, wanted: Latencies): number => {
  if (typeof wanted === 'object') return wanted[vendor.id] ?? 0
  if (typeof wanted === 'number') return wanted
  return wanted === 'usual' ? (vendor.file.latency ?? 0) : 0
}
