import { Client } from '@sendgrid/client'
import { MailService } from '@sendgrid/mail'
import { expect } from 'vitest'
import type { SdkVendor } from '../vendor.ts'

/** https://github.com/sendgrid/sendgrid-nodejs */
export const vendor: SdkVendor = {
  connector: 'sendgrid',
  sdk: '@sendgrid/mail',
  keyPrefix: 'SG.',
  fields: (apiKey) => ({ apiKey }),
  jobs: [
    {
      name: 'sends one e-mail as text and HTML',
      sdk: async ({ base, key }) => {
        const client = new Client()
        // Setting the key puts the address back to SendGrid's own.
        client.setApiKey(key)
        client.setDefaultRequest('baseUrl', `${base}/`)
        const mail = new MailService()
        mail.setClient(client)
        const [answer] = await mail.send({
          to: { email: 'ada@acme.example', name: 'Ada Byron' },
          from: { email: 'sales@hub.example', name: 'Hub' },
          replyTo: 'reply@hub.example',
          subject: 'Hello, Ada',
          text: 'Hello',
          html: '<p>Hello</p>',
          headers: { 'X-Flow': '7' },
          categories: ['welcome', 'first'],
        })
        expect(answer.statusCode).toBe(202)
        expect(answer.headers).toMatchObject({ 'x-message-id': expect.any(String) as string })
      },
      operation: 'sendEmail',
      items: [
        {
          to: 'ada@acme.example',
          toName: 'Ada Byron',
          from: 'sales@hub.example',
          fromName: 'Hub',
          replyTo: 'reply@hub.example',
          subject: 'Hello, Ada',
          text: 'Hello',
          html: '<p>Hello</p>',
          headers: { 'X-Flow': '7' },
          tags: ['welcome', 'first'],
        },
      ],
    },
  ],
}
