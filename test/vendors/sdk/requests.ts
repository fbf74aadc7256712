import { isDeepStrictEqual } from 'node:util'

/** A request that the sandbox recorded, in the parts that are compared. */
export interface Recorded {
  readonly method: string
  /** Decoded: which letters a client writes as % and a number is its own affair. */
  readonly path: string
  /** Names in one order. */
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** One thing that is not the same in both. */
export interface Difference {
  /** e.g. "request 1 body.inputs[].properties.email"; list positions are left out, so that one rule speaks of all. */
  readonly at: string
  readonly sdk: unknown
  readonly ours: unknown
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const sorted = (query: unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(isMap(query) ? query : {}).sort(([a], [b]) => a.localeCompare(b)))

const recorded = (value: unknown): (Recorded & { number: number; key: string }) | null => {
  if (
    !isMap(value) ||
    typeof value.method !== 'string' ||
    typeof value.path !== 'string' ||
    typeof value.number !== 'number'
  )
    return null
  return {
    method: value.method,
    path: decodeURIComponent(value.path),
    query: sorted(value.query),
    body: value.body,
    number: value.number,
    key: String(value.key),
  }
}

/** Reads what a sandbox recorded of a connector under one key, in the order of the calls. */
export const requestsBy = async (
  sandbox: string,
  connector: string,
  key: string,
  after: number,
): Promise<(Recorded & { number: number })[]> => {
  const answer = await fetch(`${sandbox}/_sandbox/requests?connector=${connector}&limit=500`)
  const content: unknown = await answer.json()
  const all: unknown[] = isMap(content) && Array.isArray(content.requests) ? content.requests : []
  return all.flatMap((one) => {
    const request = recorded(one)
    return request && request.key === key && request.number > after ? [request] : []
  })
}

/** What differs between the SDK's requests and ours; none when they are the same. */
export const differences = (sdk: readonly Recorded[], ours: readonly Recorded[]): Difference[] => {
  const found: Difference[] = []
  if (sdk.length !== ours.length) found.push({ at: 'number of requests', sdk: sdk.length, ours: ours.length })
  for (const [position, theirs] of sdk.entries()) {
    const mine = ours[position]
    if (!mine) continue
    for (const part of ['method', 'path', 'query', 'body'] as const)
      compare(`request ${position + 1} ${part}`, theirs[part], mine[part], found)
  }
  return found
}

const compare = (at: string, sdk: unknown, ours: unknown, found: Difference[]): void => {
  if (isDeepStrictEqual(sdk, ours)) return
  if (isMap(sdk) && isMap(ours)) {
    for (const name of new Set([...Object.keys(sdk), ...Object.keys(ours)]))
      compare(`${at}.${name}`, sdk[name], ours[name], found)
  } else if (Array.isArray(sdk) && Array.isArray(ours) && sdk.length === ours.length) {
    for (const [position, one] of sdk.entries()) compare(`${at}[]`, one, ours[position], found)
  } else {
    found.push({ at, sdk, ours })
  }
}
