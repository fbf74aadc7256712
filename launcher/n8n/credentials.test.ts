import { expect, test } from 'vitest'
import { ensureCredentials } from './credentials.ts'
import type { N8nApi } from './public-api.ts'

const keys = { test: 'ainow_test_a', live: 'ainow_live_b' }
const hub = 'http://127.0.0.1:8787'

/** n8n with these credentials in it; notes what it was asked to write. */
function n8nWith(...data: { id: string; name: string; type: string }[]) {
  const written: string[] = []
  const answer = (value: unknown) => JSON.parse(JSON.stringify(value))
  const api: N8nApi = {
    address: '',
    get: async () => answer({ data, nextCursor: null }),
    send: async (_what, method, path, body) => {
      written.push(`${method} ${path} ${JSON.stringify(body)}`)
      return answer({ id: 'new' })
    },
  }
  return { api, written }
}

test(
  'a new n8n gets one credential for each mode, the test one last: n8n chooses the newest for ' + 'a new block',
  async () => {
    const { api, written } = n8nWith()
    await ensureCredentials(api, hub, keys)
    const data = (apiKey: string): string => JSON.stringify({ baseUrl: hub, apiKey })
    expect(written).toEqual([
      `POST /credentials {"name":"AI-Now Hub (live)","type":"aiNowHubApi","data":${data(keys.live)}}`,
      `POST /credentials {"name":"AI-Now Hub (test)","type":"aiNowHubApi","data":${data(keys.test)}}`,
    ])
  },
)

test('later they are brought up to date, the test one last, and nothing of the user is touched', async () => {
  const { api, written } = n8nWith(
    { id: '1', name: 'AI-Now Hub (test)', type: 'aiNowHubApi' },
    { id: '2', name: 'AI-Now Hub (live)', type: 'aiNowHubApi' },
    { id: '3', name: 'AI-Now Hub (test)', type: 'httpHeaderAuth' },
    { id: '4', name: 'another hub', type: 'aiNowHubApi' },
  )
  const { test } = await ensureCredentials(api, hub, keys)
  expect(test.id).toBe('1')
  expect(written.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'PATCH /credentials/2',
    'PATCH /credentials/1',
  ])
})
