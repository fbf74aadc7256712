import { describe, expect, test } from 'vitest'
import { execute } from './engine.ts'
import { fakeHub } from './fake-hub.ts'

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
    const message = '10,101 items: 9,090 done, 1,011 without a result. 86 calls, 5,800 answers were there already, 21.40 USD.'
    expect(hints).toEqual([{ message, type: 'info', location: 'outputPane' }])
  })

  test('costs nothing worth a word where nobody was asked', async () => {
    const hub = await fakeHub({ result: () => ({ outputs: [{ score: 7 }] }) })
    const { hints } = await execute({ node: 'ScoreLead', items: leads(101), hub: hub.address })
    expect(hints.map(({ message }) => message)).toEqual(['101 items: 101 done.'])
  })
})

describe('a run that its budget has paused', () => {
  const error = { kind: 'over_budget', message: 'The budget of this month is used up.', advice: 'Raise the budget and resume.' }
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
    expect(ran.error).toMatchObject({ message, description: expect.stringMatching(/^Raise the budget and resume\. Then execute the workflow again/) })
    expect(ran.error?.context?.itemIndex).toBeUndefined()
    expect(hub.asked.filter(({ url }) => url.includes('/results'))).toEqual([])
  })

  test('keeps what is done where the node continues, and the other items get the reason', async () => {
    const { ran } = await paused('continueRegularOutput')()
    expect(ran.error).toBeUndefined()
    expect(ran.items.map(({ json }) => json)).toEqual(leads(101).map((lead, n) => ({ ...lead, ...(n < 60 ? { verdict: 'risky' } : { error: message }) })))
    expect(ran.hints).toEqual([{ message: '101 items: 60 done, 41 not finished.', type: 'warning', location: 'outputPane' }])
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
  const cancels = ({ asked }: Awaited<ReturnType<typeof fakeHub>>) => asked.filter(({ method }) => method === 'POST').map(({ url, body }) => `${url}${body?.async ? ' async' : ''}`)

  test('cancels the run, and the execution is stopped, not failed', async () => {
    const hub = await fakeHub({ holds: 'run' })
    const ran = await execute({ node: 'VerifyEmail', items: leads(101), hub: hub.address, stop: hub.held })
    expect(cancels(hub)).toEqual(['/v1/blocks/verify-email', '/v1/runs/run-1/cancel'])
    expect(ran.status).toBe('canceled')
    expect(ran.items).toEqual([])
  })

  test('cancels also work that is still waited for: its key leads to the run', async () => {
    const hub = await fakeHub({ holds: 'block' })
    const ran = await execute({ node: 'VerifyEmail', items: leads(5), hub: hub.address, stop: hub.held, onError: 'continueRegularOutput' })
    expect(cancels(hub)).toEqual(['/v1/blocks/verify-email', '/v1/blocks/verify-email async', '/v1/runs/run-1/cancel'])
    expect(new Set(hub.asked.filter(({ body }) => body).map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(ran.status).toBe('canceled')
  })
})
