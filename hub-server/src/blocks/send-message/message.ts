import type { Static } from 'typebox'
import type { sendEmail } from '../../capabilities/sendEmail.ts'
import type { sendMessage } from '../../capabilities/sendMessage.ts'
import { normalValue, refusals } from '../../compliance/channels.ts'
import type { OptionsOf } from '../../contracts/block.ts'
import { HubError } from '../../contracts/errors.ts'
import { escapeHtml } from '../../contracts/escape-html.ts'
import { textOf } from '../fields.ts'
import { contract } from './contract.ts'
import { fill, oneLine, type Filled } from './fill.ts'
import { refuseBroken } from './placeholders.ts'

export type Options = OptionsOf<typeof contract>
export type Email = Static<typeof sendEmail.input>
export type Message = Static<typeof sendMessage.input>
type Item = Record<string, unknown>

/** The message to a lead, or why there is none. */
type Write<Written> = (item: Item) => Written | string

/**
 * How each lead is written to, by the channel.
 * @throws HubError invalid_input for options that the channel needs and
 * lacks
 */
export const writerOf = (options: Options): { email: Write<Email> } | { message: Write<Message> } => {
  const writer =
    options.channel === 'email' ? { email: emailWriter(options) } : { message: messageWriter(options.channel, options) }
  refuseBroken(textsOf(options))
  return writer
}

/** The texts that the channel sends, each with its option's name and title. */
const textsOf = ({ channel, subject, text, html, template, templateValues }: Options) => {
  const byTemplate = channel === 'whatsapp' && template !== undefined
  const texts: [string, string | undefined][] = [
    ['subject', channel === 'email' ? subject : undefined],
    ['text', byTemplate ? undefined : text],
    ['html', channel === 'email' ? html : undefined],
    ...templateValues.map((value): [string, string | undefined] => ['templateValues', byTemplate ? value : undefined]),
  ]
  return texts.flatMap(([name, given]): [string, string, string][] =>
    given === undefined ? [] : [[name, titleOf(name), given]],
  )
}

const emailWriter = ({ from, fromName, replyTo, subject, text, html }: Options): Write<Email> => {
  const given = needed('E-mail', { from, subject, text })
  return (item) => {
    const to = textOf(item.email)
    if (!to) return 'There is no e-mail address to write to.'
    const parts = filled([
      fill(given.subject, item, oneLine),
      fill(given.text, item),
      ...(html === undefined ? [] : [fill(html, item, escapeHtml)]),
    ])
    if (typeof parts === 'string') return parts
    const [filledSubject = '', filledText = '', filledHtml] = parts
    const toName = textOf(item.fullName)
    return {
      to,
      from: given.from,
      subject: filledSubject,
      text: filledText,
      ...(toName && { toName: oneLine(toName) }),
      ...(fromName && { fromName }),
      ...(replyTo && { replyTo }),
      ...(filledHtml && { html: filledHtml }),
    }
  }
}

const messageWriter = (channel: Message['channel'], options: Options): Write<Message> => {
  const { from, template, templateLanguage: language, templateValues } = options
  const recipientOf = recipients[channel](options)
  const content =
    channel === 'whatsapp' && template !== undefined
      ? fromTemplate({ name: template, ...(language && { language }) }, templateValues)
      : fromText(needed(names[channel], { text: options.text }).text)
  const sender = (channel === 'sms' || channel === 'whatsapp') && from ? { from } : {}
  return (item) => {
    const recipient = recipientOf(item)
    if ('problem' in recipient) return recipient.problem
    const said = content(item)
    return typeof said === 'string' ? said : { channel, ...recipient, ...sender, ...said }
  }
}

const names: Readonly<Record<Message['channel'], string>> = {
  sms: 'SMS',
  whatsapp: 'WhatsApp without a template',
  chat: 'Chat',
  direct: 'A direct message',
}

type Recipient = (item: Item) => { to: string } | { problem: string }

const byPhone: Recipient = ({ mobile, phone }) => {
  const given = [textOf(mobile), textOf(phone)].filter((number) => number !== undefined)
  const to = given.map((number) => normalValue('phone', number)).find((number) => number !== undefined)
  if (to) return { to }
  return {
    problem: given[0] === undefined ? 'There is no phone number to write to.' : `“${given[0]}” ${refusals.phone}.`,
  }
}

const byId: Recipient = ({ recipient }) => {
  const to = textOf(recipient)
  return to ? { to } : { problem: 'There is no recipient to write to: the ID that the network knows the person by.' }
}

const inRoom = ({ to }: Options): Recipient => {
  const room = needed(names.chat, { to })
  return () => room
}

const recipients: Readonly<Record<Message['channel'], (options: Options) => Recipient>> = {
  sms: () => byPhone,
  whatsapp: () => byPhone,
  chat: inRoom,
  direct: () => byId,
}

const fromText =
  (text: string): Write<Pick<Message, 'text'>> =>
  (item) => {
    const parts = filled([fill(text, item)])
    return typeof parts === 'string' ? parts : { text: parts[0] ?? '' }
  }

const fromTemplate =
  (template: { name: string; language?: string }, values: readonly string[]): Write<Pick<Message, 'template'>> =>
  (item) => {
    const parts = filled(values.map((value) => fill(value, item, oneLine)))
    return typeof parts === 'string' ? parts : { template: { ...template, ...(parts.length > 0 && { values: parts }) } }
  }

const filled = (parts: readonly Filled[]): string[] | string => {
  const problem = parts.find((part) => 'problem' in part)
  if (problem) return problem.problem
  const missing = [...new Set(parts.flatMap((part) => ('missing' in part ? part.missing : [])))]
  if (missing.length > 0) return `The lead has no ${missing.join(', ')}, which the message needs.`
  return parts.map((part) => ('text' in part ? part.text : ''))
}

/** These options, all of them there. @throws HubError invalid_input naming those that are not */
const needed = <Name extends string>(
  channel: string,
  options: Record<Name, string | undefined>,
): Record<Name, string> => {
  if (areGiven(options)) return options
  const lacking = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [name] : []))
  throw new HubError(
    'invalid_input',
    `${channel} needs ${lacking.map((name) => `“${titleOf(name)}”`).join(' and ')}.`,
    {
      advice: 'Fill in what is named, or choose another channel.',
      fields: lacking.map((name) => ({ path: `/${name}`, message: 'is needed for this channel' })),
    },
  )
}

const areGiven = <Name extends string>(options: Record<Name, string | undefined>): options is Record<Name, string> =>
  !Object.values(options).includes(undefined)

const fields = new Map<string, object>(Object.entries(contract.options.properties))

/** What every door calls an option. */
const titleOf = (name: string): string => {
  const field = fields.get(name)
  return field && 'title' in field ? String(field.title) : name
}
