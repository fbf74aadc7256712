import { WebClient } from '@slack/web-api'
import { expect } from 'vitest'
import type { SdkAccount, SdkVendor } from '../vendor.ts'

const client = ({ base, key }: SdkAccount): WebClient =>
  new WebClient(key, { slackApiUrl: `${base}/`, allowAbsoluteUrls: false, retryConfig: { retries: 0 } })

/** https://github.com/slackapi/node-slack-sdk */
export const vendor: SdkVendor = {
  connector: 'slack',
  sdk: '@slack/web-api',
  keyPrefix: 'xoxb-',
  fields: (token) => ({ token }),
  jobs: [
    {
      name: 'posts to a channel',
      sdk: async (at) => {
        const posted = await client(at).chat.postMessage({ channel: '#sales', text: 'A new lead: Ada Byron' })
        expect(posted).toMatchObject({ ok: true, message: { text: 'A new lead: Ada Byron' } })
        expect(posted.ts).toMatch(/^\d+\.\d{6}$/)
      },
      operation: 'sendMessage.chat',
      items: [{ channel: 'chat', to: '#sales', text: 'A new lead: Ada Byron' }],
    },
    {
      name: 'lists the channels, page by page',
      sdk: async (at) => {
        const names: (string | undefined)[] = []
        for await (const page of client(at).paginate('conversations.list', {
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: 200,
        })) {
          const { channels = [] } = page as { channels?: { name?: string }[] }
          names.push(...channels.map(({ name }) => name))
        }
        expect(names).toHaveLength(240)
        expect(names[0]).toBe('general')
      },
      operation: 'listOptions.channel',
      items: [{ of: 'channel', limit: 1000 }],
    },
  ],
}
