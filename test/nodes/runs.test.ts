import { describe, expect, test } from 'vitest'
import type { Mode } from '../../hub-server/src/contracts/scope.ts'
import { execute } from './engine.ts'
import { fakeHub, type HubResult } from './fake-hub.ts'

const leads = (count: number) => Array.from({ length: count }, (_, n) => ({ email: `p${n}@acme.example` }))
const verdict = { outputs: [{ verdict: 'risky' }] }

describe('a run, while n8n waits for it,', () => {
  test('tells the browser’s console of an execution in the editor how far it is', async () => {
    const hub = await fakeHub({ polls: 3, result: () => verdict })
    const { told } = await execute({ node: 'VerifyEmail', items: leads(2500), hub: hub.address })
    expect(told).toEqual([10, 20, 30].map((finished) => `${finished} of 2,500 items (run run-1)`))
  })

  test('is waited for on though the connection breaks off, as when the hub is started anew', async () => {
    const hub = await fakeHub({ breaks: 2, result: () => verdict })
    const { items, error } = await execute({ node: 'VerifyEmail', items: leads(101), hub: hub.address })
    expect(error).toBeUndefined()
    expect(items.length).toBe(101)
  })

  test('is summed up above the output, in one line for all its requests', async () => {
    const usage = { calls: 43, cached: 2900, price: 10_700_000 }
    const result = (_: unknown, index: number) => (index % 10 === 0 ? { reason: 'Nobody knows' } : verdict)
    const hub = await fakeHub({ usage, result })
    const { hints } = await execute({ node: 'VerifyEmail', items: leads(10_101), hub: hub.address })
    const message =
      '10,101 items: 9,090 done, 1,011 without a result. 86 calls, 5,800 answers were there already, 21.40 USD.'
    expect(hints).toEqual([{ message, type: 'info', location: 'outputPane' }])
  })

  test('costs nothing worth a word where nobody was asked', async () => {
    const hub = await fakeHub({ result: () => ({ outputs: [{ score: 7 }] }) })
    const { hints } = await execute({ node: 'ScoreLead', items: leads(101), hub: hub.address })
    expect(hints.map(({ message }) => message)).toEqual(['101 items: 101 done.'])
  })
})

describe('a run that its budget has paused', () => {
  const error: HubResult['error'] = {
    kind: 'over_budget',
    message: 'The budget of this month is used up.',
    advice: 'Raise the budget and resume.',
  }
  const paused = (onError?: 'continueRegularOutput' | 'continueErrorOutput') => async () => {
    const hub = await fakeHub({
      ends: { status: 'paused', error },
      result: (_, index) => (index < 60 ? verdict : { status: 'pending' }),
    })
    return { hub, ran: await execute({ node: 'VerifyEmail', items: leads(101), hub: hub.address, onError }) }
  }
  const message = 'The budget of this month is used up (run run-1 is paused at 60 of 101 items)'

  test('stops the node, which says why, which run it is and what to do', async () => {
    const { ran, hub } = await paused()()
    expect(ran.error).toMatchObject({
      message,
      description: expect.stringMatching(/^Raise the budget and resume\. Then execute the workflow again/),
    })
    expect(ran.error?.context?.itemIndex).toBeUndefined()
    expect(hub.asked.filter(({ url }) => url.includes('/results'))).toEqual([])
  })

  test('keeps what is done where the node continues, and the other items get the reason', async () => {
    const { ran } = await paused('continueRegularOutput')()
    expect(ran.error).toBeUndefined()
    expect(ran.items.map(({ json }) => json)).toEqual(
      leads(101).map((lead, n) => ({ ...lead, ...(n < 60 ? { verdict: 'risky' } : { error: message }) })),
    )
    expect(ran.hints).toEqual([
      { message: '101 items: 60 done, 41 not finished.', type: 'warning', location: 'outputPane' },
    ])
  })

  test('moves the other items to the error output of a node that has one', async () => {
    const { ran } = await paused('continueErrorOutput')()
    expect([ran.items.length, ran.errors.length]).toEqual([60, 41])
    expect(ran.errors[0]?.json).toEqual({ ...leads(61)[60], error: message })
  })
})

test('a run that was cancelled in the hub stops the node, which says which one', async () => {
  const hub = await fakeHub({ ends: { status: 'cancelled' }, result: () => ({ status: 'pending' }) })
  const { error, status } = await execute({ node: 'VerifyEmail', items: leads(101), hub: hub.address })
  expect(error?.message).toBe('Run run-1 was cancelled in the hub')
  expect(status).toBe('error')
})

describe('stopping the workflow', () => {
  const cancels = ({ asked }: Awaited<ReturnType<typeof fakeHub>>) =>
    asked.filter(({ method }) => method === 'POST').map(({ url, body }) => `${url}${body?.async ? ' async' : ''}`)

  test('cancels the run, and the execution is stopped, not failed', async () => {
    const hub = await fakeHub({ holds: 'run' })
    const ran = await execute({ node: 'VerifyEmail', items: leads(101), hub: hub.address, stop: hub.held })
    expect(cancels(hub)).toEqual(['/v1/blocks/verify-email', '/v1/runs/run-1/cancel'])
    expect(ran.status).toBe('canceled')
    expect(ran.items).toEqual([])
  })

  test('cancels also work that is still waited for: its key leads to the run', async () => {
    const hub = await fakeHub({ holds: 'block' })
    const ran = await execute({
      node: 'VerifyEmail',
      items: leads(5),
      hub: hub.address,
      stop: hub.held,
      onError: 'continueRegularOutput',
    })
    expect(cancels(hub)).toEqual(['/v1/blocks/verify-email', '/v1/blocks/verify-email async', '/v1/runs/run-1/cancel'])
    expect(new Set(hub.asked.filter(({ body }) => body).map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(ran.status).toBe('canceled')
  })
})

describe('an execution that a person retries', () => {
  const keysOf = ({ asked }: Awaited<ReturnType<typeof fakeHub>>) =>
    asked.flatMap(({ url, headers }) => (url.startsWith('/v1/blocks') ? [headers['idempotency-key']] : []))
  const posts = ({ asked }: Awaited<ReturnType<typeof fakeHub>>) =>
    asked.flatMap(({ method, url }) => (method === 'POST' ? [url] : []))

  test('goes on with the run that it had begun, though n8n gives it a number of its own', async () => {
    let holds: 'run' | undefined = 'run'
    const hub = await fakeHub({
      get holds() {
        return holds
      },
      result: () => verdict,
    })
    const stopped = await execute({ node: 'VerifyEmail', items: leads(101), hub: hub.address, stop: hub.held })
    expect([stopped.status, stopped.items]).toEqual(['canceled', []])
    holds = undefined
    const again = await execute({
      node: 'VerifyEmail',
      items: leads(101),
      hub: hub.address,
      executionId: '18',
      retries: stopped,
    })
    expect([again.status, again.items.length]).toEqual(['success', 101])
    expect(new Set(keysOf(hub)).size).toBe(1)
    expect(posts(hub)).toEqual([
      '/v1/blocks/verify-email',
      '/v1/runs/run-1/cancel',
      '/v1/blocks/verify-email',
      '/v1/runs/run-1/retry',
    ])
  })

  test('has failed items tried again, in the same run', async () => {
    const hub = await fakeHub({
      result: (_, index) =>
        index === 1
          ? {
              status: 'failed',
              error: { kind: 'unauthorized', message: 'The key was refused.', advice: 'Connect again.' },
            }
          : verdict,
    })
    const failed = await execute({ node: 'VerifyEmail', items: leads(3), hub: hub.address })
    expect(failed.error?.message).toBe('The key was refused.')
    await execute({ node: 'VerifyEmail', items: leads(3), hub: hub.address, executionId: '18', retries: failed })
    expect(new Set(keysOf(hub)).size).toBe(1)
    expect(posts(hub)).toEqual(['/v1/blocks/verify-email', '/v1/blocks/verify-email', '/v1/runs/run-1/retry'])
  })
})

test('what was not asked is never an output, and says what to do', async () => {
  const result = (_: unknown, index: number) => (index < 60 ? verdict : { status: 'pending' as const })
  const cancelled = await fakeHub({ ends: { status: 'cancelled' }, result })
  const ran = await execute({
    node: 'VerifyEmail',
    items: leads(101),
    hub: cancelled.address,
    onError: 'continueRegularOutput',
  })
  const error = 'This item was not asked: run run-1 was stopped. Execute again to go on'
  expect(ran.items.map(({ json }) => json)).toEqual(
    leads(101).map((lead, n) => ({ ...lead, ...(n < 60 ? { verdict: 'risky' } : { error }) })),
  )
  expect(ran.hints).toEqual([
    { message: '101 items: 60 done, 41 not finished.', type: 'warning', location: 'outputPane' },
  ])
  const small = await fakeHub({ result: () => ({ status: 'pending' }) })
  const { error: shown, items } = await execute({ node: 'ScoreLead', items: leads(1), hub: small.address })
  expect([shown?.message, items]).toEqual(['This item was not asked: the run was stopped. Execute again to go on', []])
})

describe('test and live', () => {
  const hubs = async (...modes: Mode[]) => Promise.all(modes.map((mode) => fakeHub({ mode, result: () => verdict })))
  const real = [{ email: 'anna@siemens.com' }]

  test.each([
    [
      'test',
      'live',
      new RegExp(
        String.raw`^This block has worked with a live key, and one before it with a test key\. ` +
          String.raw`Made-up data of the sandbox may have gone to real services\.`,
      ),
    ],
    [
      'live',
      'test',
      new RegExp(
        String.raw`^This block has worked with a test key, and one before it with a live key\. ` +
          String.raw`The sandbox knows nothing of real people`,
      ),
    ],
  ] as const)('a block with a key for the other mode warns: %s, then %s', async (before, after, message) => {
    const [first, second] = await hubs(before, after)
    const { hints, items } = await execute({
      node: 'ScoreLead',
      items: real,
      hub: second?.address ?? '',
      before: { node: 'VerifyEmail', hub: first?.address ?? '' },
    })
    expect(hints).toEqual([{ message: expect.stringMatching(message), type: 'warning', location: 'outputPane' }])
    expect(items).toHaveLength(1)
  })

  test('blocks with keys for the same mode say nothing', async () => {
    const [first, second] = await hubs('live', 'live')
    const { hints } = await execute({
      node: 'ScoreLead',
      items: real,
      hub: second?.address ?? '',
      before: { node: 'VerifyEmail', hub: first?.address ?? '' },
    })
    expect(hints).toEqual([])
  })

  test.each([
    { email: 'anna@acme.example' },
    { website: 'https://www.acme.example/team' },
    { company: { domain: 'acme.test' } },
  ])('made-up people in a block with a live key are told of: %j', async (item) => {
    const [live, sandbox] = await hubs('live', 'test')
    const { hints } = await execute({ node: 'ScoreLead', items: [item, ...real], hub: live?.address ?? '' })
    expect(hints).toEqual([
      { message: expect.stringMatching(/^1 of the items are made up/), type: 'warning', location: 'outputPane' },
    ])
    expect((await execute({ node: 'ScoreLead', items: [item], hub: sandbox?.address ?? '' })).hints).toEqual([])
  })
})
