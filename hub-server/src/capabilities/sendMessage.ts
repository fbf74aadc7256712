import { Type } from 'typebox'
import { Id, Line, ListOf, Text } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

const channels = ['sms', 'whatsapp', 'chat', 'direct'] as const

export const sendMessage = capability({
  name: 'sendMessage',
  group: 'Reach',
  description: 'Sends one short message to one person or channel',
  effect: 'send',
  expiryDays: 0,
  variants: { field: 'channel', names: channels },
  input: Type.Object({
    channel: Type.Unsafe<(typeof channels)[number]>({
      type: 'string',
      enum: [...channels],
      description: 'chat: a room of your team; direct: a private message in a social network',
    }),
    to: Line({
      minLength: 1,
      description: 'sms, whatsapp: phone number in E.164; chat: the room; direct: the network’s own id of the person',
    }),
    from: Type.Optional(Line({ description: 'Your number or sender, where you have several' })),
    text: Type.Optional(Text()),
    template: Type.Optional(
      Type.Object(
        {
          name: Line(),
          language: Type.Optional(Line({ description: 'e.g. en_US' })),
          values: Type.Optional(ListOf(Text(), { maxItems: 100, description: 'What stands for {{1}}, {{2}} …' })),
        },
        { description: 'A text that the service has approved: WhatsApp wants one for the first message to a person' },
      ),
    ),
  }),
  output: Type.Object({ id: Id({ description: 'The service’s own id of the message' }) }),
  key: exactKey,
  person: ({ channel, to }) => (channel === 'sms' || channel === 'whatsapp' ? { phone: to } : undefined),
})
