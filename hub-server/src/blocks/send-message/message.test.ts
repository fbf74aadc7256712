import { describe, expect, it } from 'vitest'
import { Value } from 'typebox/value'
import { contract } from './contract.ts'
import { writerOf, type Options } from './message.ts'

const optionsOf = (options: Partial<Options>) => Value.Default(contract.options, { ...options }) as Options
const write = (options: Partial<Options>, item: Record<string, unknown>) => {
  const writer = writerOf(optionsOf(options))
  return 'email' in writer ? writer.email(item) : writer.message(item)
}

const ada = {
  firstName: 'Ada',
  fullName: 'Ada\nByron',
  email: 'ada@acme.example',
  mobile: '+1 (202) 555-0123',
  phone: '+12025550199',
  recipient: '42',
}
const text = 'Hello [[firstName]]'

describe('a message to a lead', () => {
  it('is an e-mail unless another channel is chosen', () => {
    expect(
      write({ from: 'me@co.example', subject: 'Hi [[firstName]]', text, html: '<b>[[firstName]]</b>' }, ada),
    ).toEqual({
      to: 'ada@acme.example',
      toName: 'Ada Byron',
      from: 'me@co.example',
      subject: 'Hi Ada',
      text: 'Hello Ada',
      html: '<b>Ada</b>',
    })
  })

  it.each<[Partial<Options>, object]>([
    [
      { channel: 'sms', text },
      { channel: 'sms', to: '+12025550123', text: 'Hello Ada' },
    ],
    [
      { channel: 'sms', text, from: '+12025550100' },
      { channel: 'sms', to: '+12025550123', from: '+12025550100', text: 'Hello Ada' },
    ],
    [
      { channel: 'whatsapp', text },
      { channel: 'whatsapp', to: '+12025550123', text: 'Hello Ada' },
    ],
    [
      {
        channel: 'whatsapp',
        text,
        template: 'first_contact',
        templateLanguage: 'en_US',
        templateValues: ['[[firstName]]', 'Tuesday'],
      },
      {
        channel: 'whatsapp',
        to: '+12025550123',
        template: { name: 'first_contact', language: 'en_US', values: ['Ada', 'Tuesday'] },
      },
    ],
    [
      { channel: 'whatsapp', template: 'hello_world' },
      { channel: 'whatsapp', to: '+12025550123', template: { name: 'hello_world' } },
    ],
    [
      { channel: 'chat', to: '#leads', text, from: 'ignored' },
      { channel: 'chat', to: '#leads', text: 'Hello Ada' },
    ],
    [
      { channel: 'direct', text },
      { channel: 'direct', to: '42', text: 'Hello Ada' },
    ],
  ])('%j', (options, message) => {
    expect(write(options, ada)).toEqual(message)
  })

  it('goes to the phone where there is no mobile, or none that is a number', () => {
    expect(write({ channel: 'sms', text }, { ...ada, mobile: undefined })).toMatchObject({ to: '+12025550199' })
    expect(write({ channel: 'sms', text }, { ...ada, mobile: 'ask Ben' })).toMatchObject({ to: '+12025550199' })
  })

  it.each<[Partial<Options>, Record<string, unknown>, string]>([
    [{ from: 'me@co.example', subject: 'Hi', text }, { mobile: ada.mobile }, 'There is no e-mail address to write to.'],
    [{ channel: 'sms', text }, { email: ada.email }, 'There is no phone number to write to.'],
    [
      { channel: 'whatsapp', text },
      { phone: '0171 123456' },
      '“0171 123456” is not a phone number with its country code, such as +49 30 123456.',
    ],
    [
      { channel: 'direct', text },
      { email: ada.email },
      'There is no recipient to write to: the ID that the network knows the person by.',
    ],
    [{ channel: 'sms', text: '[[firstName]] [[nick]]' }, ada, 'The lead has no nick, which the message needs.'],
    [
      { channel: 'whatsapp', template: 't', templateValues: ['[[nick]]'] },
      ada,
      'The lead has no nick, which the message needs.',
    ],
  ])('there is none: %j', (options, item, reason) => {
    expect(write(options, item)).toBe(reason)
  })

  it.each<[Partial<Options>, string]>([
    [{ text }, 'E-mail needs “From” and “Subject”.'],
    [{ channel: 'sms' }, 'SMS needs “Text”.'],
    [{ channel: 'whatsapp' }, 'WhatsApp without a template needs “Text”.'],
    [{ channel: 'chat', text }, 'Chat needs “Room”.'],
    [{ channel: 'direct', template: 't' }, 'A direct message needs “Text”.'],
  ])('is refused before anything is sent where the channel lacks something: %j', (options, message) => {
    expect(() => writerOf(optionsOf(options))).toThrow(message)
  })
})
