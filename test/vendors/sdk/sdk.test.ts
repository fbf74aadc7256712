import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../../../hub-server/src/sandbox/index.ts'
import { allowanceFor, readAllowed, type Allowed } from './allowed.ts'
import { connectorsDir, doOurs } from './ours.ts'
import { differences, requestsBy, type Difference, type Recorded } from './requests.ts'
import type { SdkJob, SdkVendor } from './vendor.ts'

const files = readdirSync(new URL('vendors', import.meta.url)).sort()
const vendors: readonly SdkVendor[] = await Promise.all(
  files.map(async (file) => ((await import(`./vendors/${file}`)) as { vendor: SdkVendor }).vendor),
)

const allowed = readAllowed()
const needed = new Set<Allowed>()
let sandbox: Sandbox
let accounts = 0

beforeAll(async () => {
  sandbox = await startSandbox({ connectorsDir })
})
afterAll(() => sandbox.stop())

interface Compared {
  readonly sdk: readonly Recorded[]
  readonly ours: readonly Recorded[]
}

const done = new Map<SdkJob, Promise<Compared>>()
const both = (vendor: SdkVendor, job: SdkJob): Promise<Compared> => {
  const known = done.get(job) ?? doBoth(vendor, job)
  done.set(job, known)
  return known
}

/** Does a job twice, in two accounts that begin the same, and gives what was asked in each. */
const doBoth = async ({ connector, fields, token, keyPrefix }: SdkVendor, job: SdkJob): Promise<Compared> => {
  const server = (name: string): string => sandbox.vendorBase(connector, name)
  const at = { base: server('default'), server }
  const [theirs, mine] = [`${keyPrefix}sdk-${++accounts}`, `${keyPrefix}ours-${accounts}`]
  const lastOf = async (key: string): Promise<number> =>
    (await requestsBy(sandbox.url, connector, key, 0)).at(-1)?.number ?? 0
  for (const key of [theirs, mine]) await job.before?.({ ...at, key })
  const [afterTheirs, afterMine] = [await lastOf(theirs), await lastOf(mine)]

  await job.sdk({ ...at, key: theirs })
  const answers = await doOurs(
    sandbox,
    connector,
    { fields: fields(mine), token: token?.(mine, at) ?? null },
    job.operation,
    job.items,
  )
  for (const answer of answers) expect(answer.error).toBeUndefined()
  return {
    sdk: await requestsBy(sandbox.url, connector, theirs, afterTheirs),
    ours: await requestsBy(sandbox.url, connector, mine, afterMine),
  }
}

/** The differences that no entry of allowed.yaml speaks of. */
const unexplained = ({ connector }: SdkVendor, job: SdkJob, { sdk, ours }: Compared): Difference[] =>
  differences(sdk, ours).filter(({ at }) => {
    const allowance = allowanceFor(allowed, connector, job.name, at)
    if (allowance) needed.add(allowance)
    return !allowance
  })

describe.each(vendors)('$sdk works at the sandbox, and our connector asks for the same:', (vendor) => {
  it.each(vendor.jobs)('$name', async (job) => {
    const compared = await both(vendor, job)
    expect(compared.sdk).not.toEqual([])
    expect(unexplained(vendor, job, compared)).toEqual([])
  })

  it.each(vendor.jobs)('$name: anything that is not the same is found', async (job) => {
    const compared = await both(vendor, job)
    const spoil = (change: (request: Recorded) => Recorded): Difference[] =>
      unexplained(vendor, job, {
        ...compared,
        ours: compared.ours.map((request, position) => (position === 0 ? change(request) : request)),
      })
    expect(spoil((request) => ({ ...request, method: 'TRACE' }))).toMatchObject([
      { at: 'request 1 method', ours: 'TRACE' },
    ])
    expect(spoil((request) => ({ ...request, path: `${request.path}s` }))).toMatchObject([{ at: 'request 1 path' }])
    expect(spoil((request) => ({ ...request, query: { ...request.query, extra: '1' } }))).toMatchObject([
      { at: 'request 1 query.extra', ours: '1' },
    ])
    expect(spoil((request) => ({ ...request, body: [request.body] }))).toMatchObject([{ at: 'request 1 body' }])
    expect(unexplained(vendor, job, { ...compared, ours: compared.ours.slice(1) }).length).toBeGreaterThan(0)
    // Every value of the body counts, however deep.
    for (const change of everyChange(compared.ours[0]?.body))
      expect(
        spoil((request) => ({ ...request, body: change })),
        JSON.stringify(change),
      ).not.toEqual([])
  })
})

it('allows a difference only in the vendor, job and place that it names', () => {
  const entry: Allowed = { connector: 'a', job: 'sends', at: 'request 1 body.x', reason: 'because' }
  expect(allowanceFor([entry], 'a', 'sends', 'request 1 body.x')).toBe(entry)
  expect(
    allowanceFor([{ connector: 'a', at: 'request 1 body.x', reason: 'because' }], 'a', 'anything', 'request 1 body.x'),
  ).toBeDefined()
  for (const [connector, job, at] of [
    ['b', 'sends', 'request 1 body.x'],
    ['a', 'finds', 'request 1 body.x'],
    ['a', 'sends', 'request 1 body.xy'],
  ] as const)
    expect(allowanceFor([entry], connector, job, at)).toBeUndefined()
})

it('has no allowance that is not needed', () => {
  expect(allowed.filter((entry) => !needed.has(entry))).toEqual([])
})

/** The value with each of its texts, numbers and truths changed in turn. */
const everyChange = (value: unknown): unknown[] => {
  if (Array.isArray(value))
    return value.flatMap((one, position) =>
      everyChange(one).map((changed) => value.map((other: unknown, at) => (at === position ? changed : other))),
    )
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) =>
      everyChange(one).map((changed) => ({ ...value, [name]: changed })),
    )
  return value === undefined ? [] : [`not ${String(value)}`]
}
