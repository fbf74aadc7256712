import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { receive } from './receive.ts'
import { accountFor, fixture } from './testing/play.ts'

describe('what a vendor sends us', async () => {
  const connector = await fixture('multi-status')
  const account = accountFor(connector, { appSecret: 'shh' })
  const url = 'https://hub.example/v1/in/1'
  const body = JSON.stringify([
    { eventId: 1, objectId: 77 },
    { eventId: 2, objectId: 78 },
  ])
  const sign = (text: string) => createHmac('sha256', 'shh').update(text).digest('base64')
  const deliver = (signature: string | undefined, more = {}) =>
    receive(connector, 'recordChanged', {
      headers: signature === undefined ? {} : { 'x-hubspot-signature-v3': signature },
      body,
      account,
      url,
      method: 'POST',
      ...more,
    })

  it('is read, each thing with what tells it from a repeated one', async () => {
    expect(await deliver(sign(`POST${url}${body}`))).toEqual([
      { delivery: '1', value: { object: 'contact', id: '77' } },
      { delivery: '2', value: { object: 'contact', id: '78' } },
    ])
  })

  it('is refused without the vendor’s signature', async () => {
    for (const signature of [undefined, '', 'nonsense', sign(`POST${url}${body} `)])
      await expect(deliver(signature)).rejects.toMatchObject({ kind: 'unauthorized' })
  })

  it('is refused when the account has no secret: an empty key signs everything', async () => {
    const signature = createHmac('sha256', '').update(`POST${url}${body}`).digest('base64')
    await expect(deliver(signature, { account: accountFor(connector, { appSecret: '' }) })).rejects.toMatchObject({
      kind: 'unauthorized',
    })
  })

  it('is refused when nobody knows the event', async () => {
    await expect(receive(connector, 'nothing', { headers: {}, body, account })).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })
})
