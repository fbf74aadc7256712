import { Type } from 'typebox'
import { shown, type BlockContract } from '../../contracts/block.ts'

export const contract = {
  id: 'send-message',
  name: 'Send Message',
  description: 'Writes one e-mail to each lead, once and never twice, through a connected service',
  item: Type.Object({
    email: Type.Optional(Type.String({ ...shown({ title: 'To', description: 'The address to write to' }), maxLength: 1000, examples: ['anna@acme.example'] })),
    fullName: Type.Optional(Type.String({ ...shown({ title: 'Name of the Recipient', description: 'Shown beside the address', advanced: true }), examples: ['Anna Berg'] })),
  }),
  options: Type.Object({
    from: Type.String({ ...shown({ title: 'From', description: 'Your address, verified at the service' }), minLength: 3, maxLength: 1000, examples: ['me@company.example'] }),
    fromName: Type.Optional(Type.String({ ...shown({ title: 'From Name', description: 'Your name as the recipient sees it', advanced: true }), examples: ['Sam from Company'] })),
    replyTo: Type.Optional(Type.String({ ...shown({ title: 'Reply To', description: 'Where answers go, if not to you', advanced: true }), examples: ['sales@company.example'] })),
    subject: Type.String({
      ...shown({ title: 'Subject', description: 'Fields of the lead in double braces: {{firstName}}, or {{firstName|there}} for those without one' }),
      minLength: 1,
      maxLength: 1000,
      examples: ['A question, {{firstName|hello}}'],
    }),
    text: Type.String({
      ...shown({ title: 'Text', description: 'The message. Fields of the lead in double braces, as in the subject. A lead that lacks a field without a substitute is not written to' }, { kind: 'lines' }),
      minLength: 1,
      examples: ['Hello {{firstName|there}},'],
    }),
    html: Type.Optional(Type.String({ ...shown({ title: 'HTML', description: 'The message as HTML, beside the text; fields are escaped', advanced: true }, { kind: 'lines' }), examples: ['<p>Hello {{firstName|there}},</p>'] })),
    providers: Type.Array(Type.String(), { ...shown({ title: 'Providers', description: 'Through which service; the first that is connected. Empty: any connected one' }, { kind: 'providers', capability: 'sendEmail' }), default: [] }),
    raw: Type.Boolean({ ...shown({ title: 'Include Raw Answers', description: 'Whether to add the services’ own answers', advanced: true }), default: false }),
  }),
  output: Type.Object({
    message: Type.Object({
      id: Type.String({ description: 'The service’s own id of the message' }),
      provider: Type.String(),
      sentAt: Type.String({ format: 'date-time' }),
    }),
  }),
} satisfies BlockContract
