import { expect, test } from 'vitest'
import { execute } from './engine.ts'
import { fakeHub, type HubProblem, type HubResult } from './fake-hub.ts'

const items = [
  { email: 'anna@acme.example', row: 1 },
  { email: 'ben@acme.example', row: 2 },
]
const busy: HubResult['error'] = {
  kind: 'rate_limited',
  message: 'Hunter takes no more calls',
  advice: 'Wait a moment and try again.',
}
const second = (_: unknown, index: number): HubResult =>
  index === 1 ? { status: 'failed', error: busy } : { outputs: [{ verdict: 'deliverable' }] }

test('one failed item stops the node and names the item, unless it may continue', async () => {
  const hub = await fakeHub({ result: second })
  const { error } = await execute({ node: 'VerifyEmail', items, hub: hub.address })
  expect(error).toMatchObject({
    name: 'NodeOperationError',
    message: 'Hunter takes no more calls',
    description: 'Wait a moment and try again.',
    context: { itemIndex: 1 },
  })
})

test('a node that continues gives the failed item with its error and the others as they are', async () => {
  const hub = await fakeHub({ result: second })
  const ran = await execute({ node: 'VerifyEmail', items, hub: hub.address, onError: 'continueRegularOutput' })
  expect(ran.error).toBeUndefined()
  expect(ran.items).toEqual([
    { json: { ...items[0], verdict: 'deliverable' }, pairedItem: { item: 0 } },
    { json: { ...items[1], error: 'Hunter takes no more calls' }, pairedItem: { item: 1 } },
  ])
})

test('a node with an error output moves the failed item there, with its fields', async () => {
  const hub = await fakeHub({ result: second })
  const ran = await execute({ node: 'VerifyEmail', items, hub: hub.address, onError: 'continueErrorOutput' })
  expect(ran.items.map(({ json }) => json)).toEqual([{ ...items[0], verdict: 'deliverable' }])
  expect(ran.errors.map(({ json }) => json)).toEqual([{ ...items[1], error: 'Hunter takes no more calls' }])
})

test('an item that the hub refuses as wrong is that item’s error', async () => {
  const hub = await fakeHub({ result: () => ({ outputs: [{}] }) })
  const websites = [{ website: 'acme.example' }, { name: 'no website here' }]
  const ran = await execute({
    node: 'ScrapeWebsite',
    items: websites,
    hub: hub.address,
    onError: 'continueRegularOutput',
  })
  expect(ran.items[0]?.json.error).toBeUndefined()
  expect(ran.items[1]?.json).toEqual({ name: 'no website here', error: expect.stringContaining('lacks “website”') })
})

const refusals: HubProblem[] = [
  {
    status: 401,
    kind: 'unauthorized',
    title: 'The key was refused',
    detail: 'This API key is not known.',
    advice: 'Check the key and connect again.',
  },
  {
    status: 409,
    kind: 'not_connected',
    title: 'No account is connected',
    detail: 'No HubSpot account is connected.',
    advice: 'Open /connect and connect an account of this service.',
  },
  {
    status: 429,
    kind: 'rate_limited',
    title: 'Too many calls',
    detail: 'This key has made too many calls.',
    advice: 'Wait a moment and try again.',
  },
]
test.each(refusals)('the hub’s refusal $kind is shown in its words, with what to do', async (problem) => {
  const hub = await fakeHub({ problem })
  const { error } = await execute({ node: 'SyncCrm', items, hub: hub.address })
  expect(error).toMatchObject({
    name: 'NodeApiError',
    message: problem.detail,
    description: problem.advice,
    httpCode: String(problem.status),
  })
})

test('a wrong option is named', async () => {
  const errors = [{ path: '/options/maxPages', message: 'must be <= 30' }]
  const problem: HubProblem = {
    status: 400,
    kind: 'invalid_input',
    title: 'The input is not right',
    detail: 'The options are not right.',
    advice: 'Correct the named field.',
    errors,
  }
  const hub = await fakeHub({ problem })
  const { error } = await execute({ node: 'ScrapeWebsite', items: [{ website: 'acme.example' }], hub: hub.address })
  expect(error).toMatchObject({
    message: 'The options are not right.',
    description: 'Correct the named field.\n/options/maxPages must be <= 30',
  })
})

test('a refusal becomes each item’s error where the node continues', async () => {
  const [problem] = refusals
  const hub = await fakeHub({ problem })
  const ran = await execute({ node: 'SyncCrm', items, hub: hub.address, onError: 'continueRegularOutput' })
  expect(ran.items.map(({ json }) => json)).toEqual(
    items.map((item) => ({ ...item, error: 'This API key is not known.' })),
  )
})

test('a hub that is not there is told in a sentence, with what to check', async () => {
  const { error } = await execute({ node: 'VerifyEmail', items, hub: 'http://127.0.0.1:9' })
  expect(error?.message).toBe('The AI-Now Hub at http://127.0.0.1:9 cannot be reached')
  expect(error?.description).toMatch(/^Check that the hub is running and that the address in the credential is right/)
})

test('something else that answers at the address is recognised', async () => {
  const hub = await fakeHub({ html: '<h1>Not Found</h1>' })
  const { error } = await execute({ node: 'VerifyEmail', items, hub: `${hub.address}/` })
  expect(error?.message).toBe(`What answers at ${hub.address} is not an AI-Now Hub`)
  expect(error?.description).toContain('Check the address in the credential')
})
