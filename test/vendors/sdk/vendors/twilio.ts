import twilio, { type Twilio } from 'twilio'
import { expect } from 'vitest'
import type { SdkAccount, SdkVendor } from '../vendor.ts'

const accountSid = 'AC0123456789abcdef0123456789abcdef'
const contentSid = 'HX0123456789abcdef0123456789abcdef'

const client = ({ base, key }: SdkAccount): Twilio => {
  const made = twilio(accountSid, key)
  made.api.baseUrl = base
  return made
}

/** https://github.com/twilio/twilio-node */
export const vendor: SdkVendor = {
  connector: 'twilio',
  sdk: 'twilio',
  keyPrefix: 'tw-',
  fields: (authToken) => ({ accountSid, authToken }),
  jobs: [
    {
      name: 'sends an SMS',
      sdk: async (at) => {
        const message = await client(at).messages.create({ to: '+15550123', from: '+15550100', body: 'Hello Ada' })
        expect(message).toMatchObject({ status: 'queued', to: '+15550123', accountSid, numSegments: '1' })
        expect(message.dateCreated).toBeInstanceOf(Date)
      },
      operation: 'sendMessage.sms',
      items: [{ channel: 'sms', to: '+15550123', from: '+15550100', text: 'Hello Ada' }],
    },
    {
      name: 'sends an SMS through a messaging service',
      sdk: async (at) => {
        const messagingServiceSid = 'MG0123456789abcdef0123456789abcdef'
        expect(
          await client(at).messages.create({ to: '+15550123', messagingServiceSid, body: 'Hello Ada' }),
        ).toMatchObject({ messagingServiceSid })
      },
      operation: 'sendMessage.sms',
      items: [{ channel: 'sms', to: '+15550123', from: 'MG0123456789abcdef0123456789abcdef', text: 'Hello Ada' }],
    },
    {
      name: 'sends a template on WhatsApp',
      sdk: async (at) => {
        const message = await client(at).messages.create({
          to: 'whatsapp:+15550123',
          from: 'whatsapp:+15550101',
          contentSid,
          contentVariables: JSON.stringify({ 1: 'Ada', 2: 'Tuesday' }),
        })
        expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/)
      },
      operation: 'sendMessage.whatsapp',
      items: [
        {
          channel: 'whatsapp',
          to: '+15550123',
          from: '+15550101',
          template: { name: contentSid, values: ['Ada', 'Tuesday'] },
        },
      ],
    },
  ],
}
