import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../hub-server/src/sandbox/index.ts'
import type { BlockAnswer } from '../../hub-server/src/api/runs.ts'
import { startHub, type Hub } from './hub-process.ts'

type Answer = BlockAnswer<Readonly<Record<string, unknown>>>

const connectorsDir = fileURLToPath(new URL('../../hub-server/connectors', import.meta.url))
const cases = process.env.CASES_DIR ?? fileURLToPath(new URL('../../../shared/cases', import.meta.url))
const h8 = `${cases}/h8-mail-provider-as-company.json`
const withoutCase = existsSync(h8) ? '' : `: not run, there is no ${h8} (CASES_DIR)`

let hub: Hub
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ connectorsDir })
  hub = await startHub({ env: { SANDBOX_URL: sandbox.url } })
})
afterAll(async () => {
  await hub?.stop()
  await sandbox?.stop()
})
beforeEach(async () => {
  await fetch(`${sandbox.url}/_sandbox/reset`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
})

const run = async (block: string, body: object): Promise<Answer> => {
  const answer = await hub.call<Answer>('POST', `/v1/blocks/${block}`, { key: hub.keys.test, body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

/** What a service was asked since the reset, as one text. */
const askedOf = async (connector: string): Promise<string> => {
  const answer = await fetch(`${sandbox.url}/_sandbox/requests?connector=${connector}&limit=500`)
  const { requests }: { requests: { method: string; path: string; query?: unknown; body?: unknown }[] } =
    await answer.json()
  return requests.map((request) => JSON.stringify(request)).join('\n')
}

describe('a private mailbox is no employer', () => {
  const firmsAsked = /companies\/find|organizations\/enrich/

  test.skipIf(withoutCase)(
    `nobody is asked for the company of the case’s lead, and nothing is charged${withoutCase}`,
    async () => {
      const { results, usage } = await run('enrich-lead', JSON.parse(readFileSync(h8, 'utf8')))
      expect(results[0]?.outputs[0]).not.toHaveProperty('company')
      expect(usage.price).toBe(0)
      expect(await askedOf('hunter')).not.toMatch(firmsAsked)
    },
  )

  test.each(['gmx.de', 'gmail.com', 'web.de'])('%s: asked by no service, in no field', async (domain) => {
    const items = [
      { email: `bea.klein@${domain}`, fullName: 'Bea Klein' },
      { fullName: 'Bea Klein', website: `https://www.${domain}` },
    ]
    for (const provider of ['hunter', 'apollo']) {
      const { results } = await run('enrich-lead', { items, options: { providers: [provider], maxAgeDays: 0 } })
      for (const { outputs } of results) expect(outputs[0] ?? {}).not.toHaveProperty('company')
      const asked = await askedOf(provider)
      expect(asked).toContain('bea.klein')
      expect(asked).not.toMatch(firmsAsked)
      expect(asked.replaceAll(`@${domain}`, '').replaceAll(`%40${domain}`, '')).not.toContain(domain)
    }
  })

  test('nor are people looked for there, nor is it written as a company or stored as one', async () => {
    const found = await run('find-leads', { items: [{ website: 'gmail.com' }], options: { providers: ['apollo'] } })
    expect(found.results[0]).toMatchObject({
      status: 'failed',
      error: { message: 'Anybody can have a mailbox at gmail.com, so it says nothing of a company.' },
    })
    const written = await run('sync-crm', {
      items: [{ company: { name: 'Klein', domain: 'gmail.com' } }],
      options: { crm: 'hubspot', object: 'company' },
    })
    expect(written.results[0]).toMatchObject({
      status: 'skipped',
      reason: expect.stringMatching(/^gmail\.com is a mail provider/),
    })
    expect((await askedOf('apollo')) + (await askedOf('hubspot'))).not.toContain('gmail.com')
  })
})
