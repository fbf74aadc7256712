import { describe, expect, test } from 'vitest'
import { liveKey, testKey } from './fake-hub.ts'
import { goodVendorKey, silentVendorKey, wrongVendorKey } from './fake-services.ts'
import { useConsole } from './use-console.ts'

const { hub, page, arrive, enter, card, sheet, button, apiKey, hasFocus } = useConsole()

const connectHunter = async (vendorKey: string) => {
  await card('Hunter').click()
  await apiKey().fill(vendorKey)
  await button('Connect').click()
  await sheet().locator('.notice').waitFor()
}

describe('the key', () => {
  test('is asked for when there is none, and a wrong one is told what to do', async () => {
    await page().goto(`${hub().origin}/connect`)
    await page().getByText('keys.json').waitFor()
    await page().getByLabel('Key', { exact: true }).fill('not a key')
    await button('Open').click()
    await page().getByText('A key begins with ainow_test_ or ainow_live_.').waitFor()
    await page().getByLabel('Key', { exact: true }).fill('ainow_live_ofAnotherHub')
    await button('Open').click()
    await page().getByText('This key is not one of this hub’s.').waitFor()
    await page().getByText('Use a key from keys.json in the hub’s data folder.').waitFor()
    // A line copied out of keys.json as it stands there.
    await page().getByLabel('Key', { exact: true }).fill(`  "live": "${liveKey}",`)
    await button('Open').click()
    await page().getByText('9 services').waitFor()
  })

  test('disappears from the address and from the history, and outlives a reload', async () => {
    await enter()
    expect(page().url()).toBe(`${hub().origin}/connect`)
    expect(await page().content()).not.toContain(liveKey)
    await page().reload()
    await page().getByText('9 services').waitFor()
    await page().goto('about:blank')
    await page().goBack()
    await page().getByText('9 services').waitFor()
    expect(page().url()).toBe(`${hub().origin}/connect`)
  })

  test('is replaced by the one of a new link, and the mode with it', async () => {
    await enter(testKey)
    await page()
      .getByText(
        'The sandbox answers; nothing leaves this machine, no account needed. Answers are made up and cost nothing.',
      )
      .waitFor()
    // Only the fragment differs: the browser does not load the page again.
    await page().goto(`${hub().origin}/connect#key=${liveKey}`)
    await page().getByText('Outside services are really called and may cost money.').waitFor()
    expect(page().url()).toBe(`${hub().origin}/connect`)
  })

  test('is forgotten when the person wants another', async () => {
    await enter()
    await button('Use another key').click()
    await page().getByLabel('Key', { exact: true }).waitFor()
    await page().reload()
    await page().getByLabel('Key', { exact: true }).waitFor()
  })
})

describe('connecting', () => {
  test('with a wrong key shows why it was refused and what to do, and asks again for the same account', async () => {
    await enter()
    await connectHunter(wrongVendorKey)
    await sheet().getByText('Hunter refused this account').waitFor()
    await sheet().getByText('Hunter answered 401: the API key is not valid.').waitFor()
    await sheet().getByText('What to do:').waitFor()
    expect(await apiKey().inputValue()).toBe('')
    expect(await hasFocus(sheet().locator('.notice'))).toBe(true)

    await apiKey().fill(`  ${goodVendorKey}\t`)
    await button('Connect again').click()
    await sheet().getByText('Hunter is working').waitFor()
    expect(hub().asked.filter(({ method }) => method !== 'GET')).toEqual([
      { method: 'POST', path: '/connections', body: { connector: 'hunter', fields: { apiKey: wrongVendorKey } } },
      { method: 'POST', path: '/connections/con_1/test', body: null },
      {
        method: 'PUT',
        path: '/connections/con_1',
        body: { connector: 'hunter', name: 'Hunter', fields: { apiKey: goodVendorKey } },
      },
      { method: 'POST', path: '/connections/con_1/test', body: null },
    ])
  })

  test('with a good key shows Working, on the sheet and on the card', async () => {
    await enter()
    await card('Hunter').getByText('Not connected').waitFor()
    await connectHunter(goodVendorKey)
    await sheet().getByText('1,200 credits are left').waitFor()
    await sheet().locator('.account').getByText('Working').waitFor()
    await button('Close').click()
    await card('Hunter').getByText('Working').waitFor()
    expect(await hasFocus(card('Hunter'))).toBe(true)
  })

  test('leaves no secret in the page after saving, whatever the vendor says', async () => {
    for (const vendorKey of [goodVendorKey, wrongVendorKey]) {
      await arrive()
      await enter()
      await card('Hunter').click()
      if (await button('Add another account').isVisible()) await button('Add another account').click()
      await apiKey().fill(vendorKey)
      expect(await apiKey().getAttribute('type')).toBe('password')
      await button('Show API key').click()
      expect(await apiKey().getAttribute('type')).toBe('text')
      // Not even while it is typed: a copy in the markup would outlive the form in whatever reads the page.
      expect(await page().content()).not.toContain(vendorKey)
      await button('Connect').click()
      await sheet().locator('.notice').waitFor()
      expect(await page().content()).not.toContain(vendorKey)
      for (const input of await page().locator('input').all()) expect(await input.inputValue()).not.toContain(vendorKey)
      expect(JSON.stringify(await page().evaluate('({ ...sessionStorage, ...localStorage })'))).not.toContain(vendorKey)
    }
  })

  test('says what is missing, at the field', async () => {
    await enter()
    await card('HubSpot').click()
    await button('Connect').click()
    await sheet().getByText('Private app token is missing: please fill it in.').waitFor()
    expect(await hasFocus(page().getByLabel('Private app token', { exact: true }))).toBe(true)
    expect(hub().asked.some(({ method }) => method === 'POST')).toBe(false)
  })

  test('sends all fields that were filled in, and a name', async () => {
    await enter()
    await card('HubSpot').click()
    await page().getByLabel('Private app token', { exact: true }).fill(goodVendorKey)
    expect(await page().getByLabel('State').count(), 'what only another choice asks for is not shown').toBe(0)
    await page().getByLabel('Data centre').selectOption('North America')
    await page().getByLabel('State').fill('Ohio')
    await page().getByLabel('Name of this account').fill('Sales team')
    await page().keyboard.press('Enter')
    await sheet().getByText('HubSpot is working').waitFor()
    expect(hub().asked.find(({ method }) => method === 'POST')?.body).toEqual({
      connector: 'hubspot',
      name: 'Sales team',
      fields: { accessToken: goodVendorKey, region: 'na1', state: 'Ohio' },
    })
    await sheet().locator('.account').getByText('North America').waitFor()
  })

  test('keeps what was typed when the hub does not save it, and marks the field the hub names', async () => {
    await enter()
    hub().failOnce(
      'POST /connections',
      400,
      'invalid_input',
      'The input is not right',
      'The API key is too short.',
      'Copy the whole key.',
      [{ path: '/fields/apiKey', message: 'must have 40 letters' }],
    )
    await connectHunter('short')
    await sheet().getByText('Copy the whole key.').waitFor()
    await sheet().getByText('must have 40 letters').waitFor()
    expect(await apiKey().getAttribute('aria-invalid')).toBe('true')
    expect(await apiKey().inputValue()).toBe('short')
  })

  test('does not ask for the key again when the vendor was only silent', async () => {
    await enter()
    await connectHunter(silentVendorKey)
    await sheet().getByText('Hunter could not be tested').waitFor()
    await sheet().getByText('Saved, not tested yet').waitFor()
    await sheet().locator('.account').getByText('Hunter could not be reached').waitFor()
    expect(await sheet().getByText('refused').count()).toBe(0)
    expect(await apiKey().count()).toBe(0)
    await button('Close').click()
    await card('Hunter').getByText('could not be reached').waitFor()
  })

  test('shows the links to the vendor, without the sentence’s full stop', async () => {
    await enter()
    await card('Hunter').click()
    const links = await sheet()
      .getByRole('link')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')))
    expect(links).toEqual([
      'https://hunter.example/pricing',
      'https://hunter.example/api',
      'https://hunter.example/api-keys',
    ])
  })

  test('offers nothing to connect where no account is needed', async () => {
    await enter()
    await card('MaxMind').click()
    await sheet().getByText('needs no account').waitFor()
    expect(await button('Connect').count()).toBe(0)
  })
})

describe('connecting on the service’s own page', () => {
  const fill = async () => {
    await card('Pipedrive').click()
    await sheet().getByText('http://127.0.0.1:8787/oauth/callback').waitFor()
    await page().getByLabel('Client id', { exact: true }).fill('our-app')
    await page().getByLabel('Client secret', { exact: true }).fill('s3cret')
  }

  test('goes there and comes back to the same sheet, with the account working and the key still known', async () => {
    await enter()
    await fill()
    await button('Continue to Pipedrive').click()
    await sheet().getByText('Working').waitFor()
    expect(page().url()).toBe(`${hub().origin}/connect`)
    expect(hub().asked.map(({ method, path }) => `${method} ${path}`)).toContain('POST /connections/con_1/authorize')
  })

  test('that is abandoned leaves nothing behind', async () => {
    hub().leaveVendor()
    await enter()
    await fill()
    await button('Continue to Pipedrive').click()
    await page().getByText('Do you let AI-Now Hub in?').waitFor()
    await page().goto(`${hub().origin}/connect`)
    await card('Pipedrive').getByText('Not connected').waitFor()
    await card('Pipedrive').click()
    await page().getByLabel('Client id', { exact: true }).waitFor()
  })

  test('can be done again from the account, where the service has thrown it out', async () => {
    hub().put('pipedrive', {
      name: 'Sales',
      status: 'needs_reconnect',
      statusMessage: 'The connection to Pipedrive has expired.',
    })
    await enter()
    await card('Pipedrive').click()
    await sheet().getByText('The connection to Pipedrive has expired.').waitFor()
    await button('Connect Sales').click()
    await sheet().getByText('Working').waitFor()
  })

  test('says why where the hub does not give the page’s address', async () => {
    await enter()
    await fill()
    hub().failOnce(
      'POST /connections',
      409,
      'wrong_mode',
      'The wrong mode',
      'In mode test Pipedrive is connected already, to the sandbox.',
      'Use the live key to connect a real account.',
    )
    await button('Continue to Pipedrive').click()
    await sheet().getByText('Use the live key to connect a real account.').waitFor()
  })
})

describe('an account', () => {
  test('is tested again, with the keyboard’s focus left where it was', async () => {
    await enter()
    await connectHunter(goodVendorKey)
    await button('Test Hunter').focus()
    await page().keyboard.press('Enter')
    await expect.poll(() => hub().asked.filter(({ path }) => path.endsWith('/test')).length).toBe(2)
    await sheet().getByText('Hunter is working').waitFor()
    expect(await hasFocus(button('Test Hunter'))).toBe(true)
  })

  test('shows a test that failed on the way as untested, not as refused', async () => {
    await enter()
    await connectHunter(goodVendorKey)
    hub().failOnce(
      'POST /connections/con_1/test',
      504,
      'timeout',
      'No answer in time',
      'Hunter took longer than 30 s.',
      'Try again later.',
    )
    await button('Test Hunter').click()
    await sheet().getByText('Hunter took longer than 30 s.').waitFor()
    await sheet().locator('.account').waitFor()
  })

  test('is replaced by asking for all secrets again, keeping the rest', async () => {
    hub().put('hubspot', {
      status: 'needs_reconnect',
      statusMessage: 'HubSpot ended the permission.',
      fields: { region: 'na1', portal: '4711' },
      secrets: ['accessToken'],
    })
    await enter()
    await card('HubSpot').getByText('Needs reconnecting').waitFor()
    await card('HubSpot').getByText('HubSpot ended the permission.').waitFor()
    await card('HubSpot').click()
    await button('Replace HubSpot').click()
    expect(await page().getByLabel('Private app token', { exact: true }).inputValue()).toBe('')
    expect(await page().getByLabel('Account number').inputValue()).toBe('4711')
    await page().getByLabel('Private app token', { exact: true }).fill(goodVendorKey)
    await button('Connect again').click()
    await sheet().getByText('HubSpot is working').waitFor()
    expect(hub().asked.find(({ method }) => method === 'PUT')?.body).toEqual({
      connector: 'hubspot',
      name: 'HubSpot',
      fields: { accessToken: goodVendorKey, portal: '4711', region: 'na1' },
    })
  })

  test('is disconnected only after a second word', async () => {
    await enter()
    await connectHunter(goodVendorKey)
    await button('Disconnect Hunter').click()
    await button('Keep it').click()
    expect(hub().asked.some(({ method }) => method === 'DELETE')).toBe(false)
    await button('Disconnect Hunter').click()
    await button('Yes, disconnect').click()
    await sheet().getByText('Hunter is disconnected').waitFor()
    await apiKey().waitFor()
    await page().keyboard.press('Escape')
    await card('Hunter').getByText('Not connected').waitFor()
  })

  test('may be one of several, and the card shows the gravest', async () => {
    hub().put('hunter', { name: 'Sales', status: 'working', secrets: ['apiKey'] })
    await enter()
    await card('Hunter').click()
    await button('Add another account').click()
    await apiKey().fill(wrongVendorKey)
    await page().getByLabel('Name of this account').fill('Marketing')
    await button('Connect').click()
    await sheet().getByText('Hunter refused this account').waitFor()
    await button('Cancel').click()
    await button('Test Marketing').waitFor()
    await button('Test Sales').waitFor()
    await button('Close').click()
    await card('Hunter').getByText('Refused: 1 of 2 accounts').waitFor()
  })
})

describe('at 360 pixels', () => {
  test('nothing is wider than the screen, on the list and on the sheet', async () => {
    await arrive({ viewport: { width: 360, height: 740 } })
    const overflow = () =>
      page()
        .locator('html, dialog')
        .evaluateAll((all) => Math.max(...all.map((one) => one.scrollWidth - one.clientWidth)))
    await page().goto(`${hub().origin}/connect`)
    expect(await overflow()).toBe(0)
    await enter()
    expect(await overflow()).toBe(0)
    await card('HubSpot').click()
    expect(await overflow()).toBe(0)
    await button('Close').click()
    await connectHunter(wrongVendorKey)
    expect(await overflow()).toBe(0)
    await button('Cancel').click()
    await button('Disconnect Hunter').click()
    expect(await overflow()).toBe(0)
  })
})
