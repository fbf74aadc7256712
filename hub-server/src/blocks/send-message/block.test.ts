import { describe, expect, it } from 'vitest'
import { Value } from 'typebox/value'
import { HubError } from '../../contracts/errors.ts'
import type { Asked, BlockContext } from '../block.ts'
import { contextWith, plainProvider } from '../testing/context.ts'
import { block } from './block.ts'
import type { Options } from './message.ts'

const at = new Date('2026-11-20T10:00:00Z')
const sent = (id: string): Asked<unknown> => ({ status: 'done', outputs: [{ id }], provider: 'sendgrid', at })
const optionsOf = (options: Partial<Options>) => Value.Default(block.contract.options, { ...options }) as Options

const send = async (items: object[], options: Partial<Options>, answers: (Asked<unknown> | undefined)[] = []) => {
  const asked: { capability: string; inputs: readonly unknown[]; items?: readonly number[] }[] = []
  const ask = async ({ name }: { name: string }, inputs: readonly unknown[], how: { items?: readonly number[] }) => {
    asked.push({ capability: name, inputs, items: how.items })
    return answers
  }
  const context = contextWith({ ask: ask as BlockContext['ask'] })
  const results = await block.run(
    items.map((value, index) => ({ index, value: { ...value } })),
    optionsOf(options),
    context,
  )
  return { results: results.toSorted((one, other) => one.item - other.item), asked }
}

const email = { from: 'me@co.example', subject: 'Hi [[firstName]]', text: 'Hello [[firstName|there]],' }
const ada = { firstName: 'Ada', email: 'ada@acme.example', mobile: '+12025550123', recipient: '42' }

describe('Send Message', () => {
  it.each<[Partial<Options>, string, object]>([
    [email, 'sendEmail', { to: 'ada@acme.example', from: 'me@co.example', subject: 'Hi Ada', text: 'Hello Ada,' }],
    [{ channel: 'sms', text: email.text }, 'sendMessage', { channel: 'sms', to: '+12025550123', text: 'Hello Ada,' }],
    [
      { channel: 'whatsapp', template: 't', templateValues: ['[[firstName]]'] },
      'sendMessage',
      { channel: 'whatsapp', to: '+12025550123', template: { name: 't', values: ['Ada'] } },
    ],
    [
      { channel: 'chat', to: '#leads', text: email.text },
      'sendMessage',
      { channel: 'chat', to: '#leads', text: 'Hello Ada,' },
    ],
    [{ channel: 'direct', text: email.text }, 'sendMessage', { channel: 'direct', to: '42', text: 'Hello Ada,' }],
  ])('writes by the channel, and says who sent it and when: %j', async (options, capability, input) => {
    const { results, asked } = await send([ada], options, [sent('m1')])
    expect(asked).toEqual([{ capability, inputs: [input], items: [0] }])
    const message = { sent: true, id: 'm1', provider: 'sendgrid', sentAt: at.toISOString() }
    expect(results).toEqual([{ item: 0, status: 'done', outputs: [{ ...ada, message }] }])
  })

  it('a lead that lacks a field is not written to, the others are', async () => {
    const { results, asked } = await send([{ email: 'ben@acme.example' }, ada, { firstName: 'Cleo' }], email, [
      sent('m1'),
    ])
    expect(asked[0]).toMatchObject({ inputs: [{ to: 'ada@acme.example' }], items: [1] })
    expect(results).toMatchObject([
      { status: 'skipped', outputs: [], reason: 'The lead has no firstName, which the message needs.' },
      { status: 'done' },
      { status: 'skipped', outputs: [], reason: 'There is no e-mail address to write to.' },
    ])
  })

  it('nobody is greeted as undefined or [object Object]', async () => {
    const items = [
      { ...ada, firstName: 'undefined' },
      { ...ada, firstName: { de: 'Ada' } },
    ]
    const { results, asked } = await send(items, { ...email, text: 'Hello [[firstName]],' })
    expect(asked).toEqual([])
    expect(results.map(({ status, reason }) => [status, reason])).toEqual([
      ['skipped', 'The lead has no firstName, which the message needs.'],
      [
        'skipped',
        'The lead’s firstName is several fields and not a text: name one of them, such as [[firstName.name]].',
      ],
    ])
  })

  it.each<[Partial<Options>, string]>([
    [
      { ...email, text: 'Hello [[firstName,' },
      '“Text” has a placeholder that is open or names no field: “[[firstName,”. Nothing was sent.',
    ],
    [
      { ...email, subject: 'Hi {{ }}' },
      '“Subject” has a placeholder that is open or names no field: “{{ }}”. Nothing was sent.',
    ],
    [
      { ...email, html: '<p>[[]]</p>' },
      '“HTML” has a placeholder that is open or names no field: “[[]]”. Nothing was sent.',
    ],
    [
      { channel: 'whatsapp', template: 't', templateValues: ['[[a'] },
      '“Template Values” has a placeholder that is open or names no field: “[[a”. Nothing was sent.',
    ],
    [
      { channel: 'sms', text: 'Hello {{ $json.firstName }}' },
      '“Text” has a placeholder that is open or names no field: “{{ $json.firstName }}”. Nothing was sent.',
    ],
  ])('a message with an open or empty placeholder is refused before anything is sent: %j', async (options, message) => {
    expect(() => block.check?.(optionsOf(options))).toThrow(message)
    await expect(send([ada], options)).rejects.toThrow(message)
  })

  it('what the channel does not send may hold anything', () => {
    expect(() => block.check?.(optionsOf({ channel: 'sms', text: 'Hello', subject: '[[', html: '{{' }))).not.toThrow()
  })

  it(
    'a message whose outcome is unknown is uncertain, a refused or unanswered one failed, and one that was stopped ' +
      'before still open',
    async () => {
      const error = { kind: 'timeout' as const, message: 'It took too long.', advice: 'Look at the service.' }
      const answers: (Asked<unknown> | undefined)[] = [
        { status: 'uncertain', outputs: [], error, at },
        { status: 'failed', outputs: [], error: { ...error, kind: 'invalid_input' }, at },
        undefined,
        { status: 'done', outputs: [], at },
        { status: 'failed', outputs: [], error: { ...error, kind: 'cancelled' }, at },
      ]
      const { results } = await send([ada, ada, ada, ada, ada], email, answers)
      expect(results.map(({ status, error: why }) => [status, why?.kind])).toEqual([
        ['uncertain', 'timeout'],
        ['failed', 'invalid_input'],
        ['failed', 'bad_response'],
        ['failed', 'bad_response'],
        ['pending', undefined],
      ])
    },
  )

  it('gives the service’s own answer when asked to', async () => {
    const { results } = await send([ada], { ...email, raw: true }, [{ ...sent('m1'), raw: { code: 202 } }])
    expect(results[0]?.raw).toEqual({ code: 202 })
  })

  describe('in a dry run', () => {
    const preview = async (options: Partial<Options>, providers: BlockContext['providers']) => {
      // Whoever asks a service here fails the test: the context has none.
      const results = await block.run(
        [
          { index: 0, value: ada },
          { index: 1, value: {} },
        ],
        optionsOf({ ...options, dryRun: true }),
        contextWith({ providers }),
      )
      return results.toSorted((one, other) => one.item - other.item)
    }

    it('shows the message as it would leave and by which service, and sends nothing', async () => {
      const asked: unknown[] = []
      const providers: BlockContext['providers'] = async ({ name }, names, object) => {
        asked.push([name, names, object])
        return [plainProvider('mailgun'), plainProvider('sendgrid', 'd')]
      }
      const html = '<p>[[firstName]]</p>'
      expect(await preview({ ...email, html, fromName: 'Sam', providers: ['mailgun'] }, providers)).toEqual([
        {
          item: 0,
          status: 'done',
          outputs: [
            {
              ...ada,
              message: {
                sent: false,
                provider: 'mailgun',
                channel: 'email',
                to: 'ada@acme.example',
                from: 'me@co.example',
                fromName: 'Sam',
                subject: 'Hi Ada',
                text: 'Hello Ada,',
                html: '<p>Ada</p>',
              },
            },
          ],
        },
        { item: 1, status: 'skipped', outputs: [], reason: 'There is no e-mail address to write to.' },
      ])
      await preview({ channel: 'sms', text: 'Hello' }, providers)
      expect(asked).toEqual([
        ['sendEmail', ['mailgun'], undefined],
        ['sendMessage', [], 'sms'],
      ])
    })

    it('says that nobody could send it', async () => {
      const providers = () =>
        Promise.reject(new HubError('not_connected', 'No service is connected.', { advice: 'Connect one.' }))
      const [result] = await preview(email, providers)
      expect(result?.outputs[0]).toMatchObject({
        message: { sent: false, to: 'ada@acme.example', problem: 'No service is connected.' },
      })
    })
  })
})
