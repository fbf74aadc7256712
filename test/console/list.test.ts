import { describe, expect, test } from 'vitest'
import { liveKey, testKey } from './fake-hub.ts'
import { goodVendorKey } from './fake-services.ts'
import { useConsole } from './use-console.ts'

const { hub, page, enter, card, sheet, button, apiKey } = useConsole()

const connectHunter = async (vendorKey: string) => {
  await card('Hunter').click()
  await apiKey().fill(vendorKey)
  await button('Connect').click()
  await sheet().locator('.notice').waitFor()
}

describe('the list', () => {
  test('is searched by name and by what a service does, in plain words', async () => {
    await enter()
    await page().getByLabel('Search services').fill('verify e-mail')
    await page().getByText('2 of 9 services').waitFor()
    await card('ZeroBounce').waitFor()
    await page().getByLabel('Search services').fill('no such thing')
    await page().getByText('No service fits this search.').waitFor()
    await button('Show all services').click()
    await page().getByText('9 services', { exact: true }).waitFor()
    await button('CRM').click()
    await page().getByText('2 of 9 services').waitFor()
    await card('HubSpot').getByText('Create and update contacts, companies and deals').waitFor()
  })

  test.each(['verify email', 'Verify Email', 'e-mail verify', 'VERIFY E MAIL'])(
    'is searched by “%s” as people and blocks say it',
    async (words) => {
      await enter()
      await page().getByLabel('Search services').fill(words)
      await page().getByText('2 of 9 services').waitFor()
      await card('Hunter').waitFor()
      await card('ZeroBounce').waitFor()
    },
  )

  test('is searched by the names of blocks', async () => {
    await enter()
    for (const [block, service] of [
      ['sync crm', 'HubSpot'],
      ['enrich lead', 'Clearbit'],
      ['send message', 'SendGrid'],
      ['write message', 'OpenAI'],
    ] as const) {
      await page().getByLabel('Search services').fill(block)
      await card(service).waitFor()
      expect(await card('MaxMind').count()).toBe(0)
    }
  })

  test('shows what each service costs, or that nobody knows', async () => {
    await enter()
    await card('Hunter').getByText('From $0.0123 an address').waitFor()
    await card('ZeroBounce').getByText('Price not known').waitFor()
    await card('Hunter').click()
    expect(await sheet().locator('.prices dd').allInnerTexts()).toEqual([
      '$0.0123 an address',
      '$0.0245 an address',
      '$0.0245 for 10 results',
    ])
    await sheet().getByText('At most, as Hunter published it on 25 May 2026. Larger plans are cheaper.').waitFor()
  })

  test('has those that only solve captchas at its end', async () => {
    await enter()
    expect(await page().locator('.card-name').allInnerTexts()).toEqual([
      'MaxMind GeoLite',
      'Apollo',
      'Clearbit',
      'HubSpot',
      'Hunter',
      'OpenAI',
      'Pipedrive',
      'SendGrid',
      'ZeroBounce',
    ])
    await page().route('**/v1/connectors', async (route) => {
      const answer = await route.fetch()
      const { connectors }: { connectors: object[] } = await answer.json()
      const solver = {
        ...connectors.at(-2),
        id: '2captcha',
        name: '2Captcha',
        capabilities: ['solveCaptcha'],
        groups: ['Scrape'],
      }
      await route.fulfill({ response: answer, json: { connectors: [solver, ...connectors] } })
    })
    await page().reload()
    await page().getByText('10 services').waitFor()
    expect((await page().locator('.card-name').allInnerTexts()).at(-1)).toBe('2Captcha')
  })

  test('says in mode test that nothing is connected and everything is made up', async () => {
    await enter(testKey)
    await card('Hunter').getByText('Made-up answers from the sandbox; nothing is connected').waitFor()
    await card('Hunter').getByText('In Live: From $0.0123 an address').waitFor()
    await card('MaxMind').getByText('Made-up answers from the sandbox; nothing is connected').waitFor()
    await card('Hunter').click()
    await sheet()
      .getByText('the sandbox plays Hunter. Its answers are made up, nothing is connected and nothing is paid.')
      .waitFor()
    await apiKey().fill(goodVendorKey)
    await button('Connect').click()
    await sheet().locator('.account').getByText('Working in the sandbox').waitFor()
  })

  test('speaks to people, not to programmers', async () => {
    await enter()
    for (const name of ['Hunter', 'HubSpot', 'Pipedrive']) {
      await card(name).click()
      expect(await sheet().innerText()).not.toMatch(
        /\b(scopes?|JSON|OpenAPI|SDK|endpoint|REST|schema)\b|[a-z]+[A-Z][a-z]+Records|upsert/i,
      )
      await button('Close').click()
    }
  })

  test('says that the hub does not answer, and continues by itself when it does', async () => {
    await enter()
    await page().route('**/v1/**', (route) => route.abort('connectionrefused'))
    await page().reload()
    await page().getByText('The hub does not answer').waitFor()
    await page().getByText('./hub up').waitFor()
    await page().unroute('**/v1/**')
    await page().getByText('9 services').waitFor({ timeout: 15_000 })
  })

  test('shows the hub’s own words when it fails', async () => {
    hub().failOnce(
      'GET /connectors',
      502,
      'bad_response',
      'A connector is broken',
      'connectors/hunter is not readable.',
      'Install the hub again.',
    )
    await page().goto(`${hub().origin}/connect#key=${liveKey}`)
    await page().getByText('Install the hub again.').waitFor()
    await button('Try again').click()
    await page().getByText('9 services').waitFor()
  })

  test('keeps the sheet usable when the hub goes away in between', async () => {
    await enter()
    await page().route('**/v1/**', (route) => route.abort('connectionrefused'))
    await connectHunter(goodVendorKey)
    await sheet().getByText('The hub does not answer').waitFor()
    expect(await apiKey().inputValue()).toBe(goodVendorKey)
  })
})
