import { Type } from 'typebox'
import { Id, Line, ListOf, Moment, Text } from '../../contracts/bounded.ts'
import { choice, shown, type BlockContract } from '../../contracts/block.ts'

const email = { channel: ['email'] }
const phone = { channel: ['sms', 'whatsapp'] }
const whatsapp = { channel: ['whatsapp'] }

/** A message as it leaves, for a person to look at. */
const preview = {
  channel: Type.Optional(Line()),
  to: Type.Optional(Line()),
  toName: Type.Optional(Line()),
  from: Type.Optional(Line()),
  fromName: Type.Optional(Line()),
  replyTo: Type.Optional(Line()),
  subject: Type.Optional(Line()),
  text: Type.Optional(Text()),
  html: Type.Optional(Text({ maxLength: 500_000 })),
  template: Type.Optional(
    Type.Object({
      name: Line(),
      language: Type.Optional(Line()),
      values: Type.Optional(ListOf(Text(), { maxItems: 100 })),
    }),
  ),
}

export const contract = {
  id: 'send-message',
  name: 'Send Message',
  description: 'Writes one message to each lead, once and never twice: e-mail, SMS, WhatsApp, chat or direct message',
  permissions: ['messages.send'],
  item: Type.Object({
    email: Type.Optional(
      Type.String({
        ...shown({ title: 'To', description: 'The address to write to', shownFor: email }),
        maxLength: 1000,
        examples: ['anna@acme.example'],
      }),
    ),
    mobile: Type.Optional(
      Type.String({
        ...shown({ title: 'Mobile', description: 'The number to write to, with its country code', shownFor: phone }),
        maxLength: 100,
        examples: ['+12025550123'],
      }),
    ),
    phone: Type.Optional(
      Type.String({
        ...shown({
          title: 'Phone',
          description: 'The number to write to where there is no mobile',
          advanced: true,
          shownFor: phone,
        }),
        maxLength: 100,
        examples: ['+12025550123'],
      }),
    ),
    recipient: Type.Optional(
      Type.String({
        ...shown({
          title: 'Recipient',
          description: 'The ID that the network knows the person by',
          shownFor: { channel: ['direct'] },
        }),
        maxLength: 1000,
        examples: ['1234567890'],
      }),
    ),
    fullName: Type.Optional(
      Line({
        ...shown({
          title: 'Name of the Recipient',
          description: 'Shown beside the address',
          advanced: true,
          shownFor: email,
        }),
        examples: ['Anna Berg'],
      }),
    ),
  }),
  options: Type.Object({
    channel: choice(
      {
        email: 'E-Mail',
        sms: 'SMS',
        whatsapp: 'WhatsApp',
        chat: 'Chat of Your Team',
        direct: 'Direct Message in a Network',
      },
      { title: 'Channel', description: 'How to write', default: 'email' },
    ),
    to: Type.Optional(
      Type.String({
        ...shown({
          title: 'Room',
          description: 'Name or ID of the room to write to, once for each lead',
          shownFor: { channel: ['chat'] },
        }),
        minLength: 1,
        maxLength: 1000,
        examples: ['#sales'],
      }),
    ),
    from: Type.Optional(
      Type.String({
        ...shown({
          title: 'From',
          description:
            'Your address, verified at the service. SMS and WhatsApp: your number, if not the connected account’s own',
          shownFor: { channel: ['email', 'sms', 'whatsapp'] },
        }),
        minLength: 3,
        maxLength: 1000,
        examples: ['me@company.example'],
      }),
    ),
    fromName: Type.Optional(
      Line({
        ...shown({
          title: 'From Name',
          description: 'Your name as the recipient sees it',
          advanced: true,
          shownFor: email,
        }),
        examples: ['Sam from Company'],
      }),
    ),
    replyTo: Type.Optional(
      Line({
        ...shown({
          title: 'Reply To',
          description: 'Where answers go, if not to you',
          advanced: true,
          shownFor: email,
        }),
        examples: ['sales@company.example'],
      }),
    ),
    subject: Type.Optional(
      Type.String({
        ...shown(
          {
            title: 'Subject',
            description:
              'Fields of the lead in double square brackets: [[firstName]], or [[firstName|there]] for those ' +
              'without one',
            shownFor: email,
          },
          { kind: 'line', placeholders: true },
        ),
        minLength: 1,
        maxLength: 1000,
        examples: ['A question, [[firstName|hello]]'],
      }),
    ),
    text: Type.Optional(
      Text({
        ...shown(
          {
            title: 'Text',
            description:
              'The message. Fields of the lead in double square brackets: [[firstName]], or [[firstName|there]]. A ' +
              'lead that lacks a field without a substitute is not written to',
          },
          { kind: 'lines', placeholders: true },
        ),
        minLength: 1,
        examples: ['Hello [[firstName|there]],'],
      }),
    ),
    html: Type.Optional(
      Text({
        ...shown(
          {
            title: 'HTML',
            description: 'The message as HTML, beside the text; fields are escaped',
            advanced: true,
            shownFor: email,
          },
          { kind: 'lines', placeholders: true },
        ),
        examples: ['<p>Hello [[firstName|there]],</p>'],
      }),
    ),
    template: Type.Optional(
      Type.String({
        ...shown({
          title: 'Template',
          description:
            'Name of a text that WhatsApp has approved, sent instead of the text: the first message to a person ' +
            'must be one',
          advanced: true,
          shownFor: whatsapp,
        }),
        minLength: 1,
        maxLength: 1000,
        examples: ['first_contact'],
      }),
    ),
    templateLanguage: Type.Optional(
      Type.String({
        ...shown({
          title: 'Template Language',
          description: 'In which language, where the template has several',
          advanced: true,
          shownFor: whatsapp,
        }),
        minLength: 2,
        maxLength: 20,
        examples: ['en_US'],
      }),
    ),
    templateValues: Type.Array(Type.String({ maxLength: 10_000 }), {
      ...shown(
        {
          title: 'Template Values',
          description:
            'What stands for the template’s {{1}}, {{2}} and so on, one a line. Fields of the lead in double ' +
            'square brackets',
          advanced: true,
          shownFor: whatsapp,
        },
        { kind: 'lines', placeholders: true },
      ),
      examples: ['[[firstName|there]]'],
      maxItems: 100,
      default: [],
    }),
    providers: ListOf(Id(), {
      maxItems: 100,
      ...shown(
        {
          title: 'Providers',
          description: 'Which service sends it: the first of these that is connected. Empty: any that is',
        },
        {
          kind: 'providers',
          capability: {
            option: 'channel',
            of: {
              email: 'sendEmail',
              sms: 'sendMessage.sms',
              whatsapp: 'sendMessage.whatsapp',
              chat: 'sendMessage.chat',
              direct: 'sendMessage.direct',
            },
          },
        },
      ),
      default: [],
    }),
    dryRun: Type.Boolean({
      ...shown({
        title: 'Dry Run',
        description: 'Whether to only show each message as it would leave, and by which service. Nothing is sent',
        advanced: true,
      }),
      default: false,
    }),
    raw: Type.Boolean({
      ...shown({
        title: 'Include Raw Answers',
        description: 'Whether to add the services’ own answers',
        advanced: true,
      }),
      default: false,
    }),
  }),
  output: Type.Object({
    message: Type.Object({
      sent: Type.Boolean({ description: 'false in a dry run, which shows the message as it would leave' }),
      provider: Type.Optional(Id({ description: 'The service that sent it, or would' })),
      id: Type.Optional(Id({ description: 'The service’s own id of the message' })),
      sentAt: Type.Optional(Moment()),
      problem: Type.Optional(Text({ description: 'Dry run: why it could not leave now' })),
      ...preview,
    }),
  }),
  needs: [
    { oneOf: ['email'], when: email },
    { oneOf: ['mobile', 'phone'], when: phone },
    { oneOf: ['recipient'], when: { channel: ['direct'] } },
  ],
} satisfies BlockContract
