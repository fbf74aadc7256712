import { sendEmail } from '../../capabilities/sendEmail.ts'
import type { Result } from '../../contracts/result.ts'
import type { Block } from '../block.ts'
import { textOf } from '../fields.ts'
import { contract } from './contract.ts'
import { escapeHtml, fill, oneLine } from './fill.ts'

/** One e-mail for each lead. The gateway sends an item's message once at most, whatever happens meanwhile. */
export const block: Block<typeof contract> = {
  contract,
  chunk: 100,
  run: async (items, options, { ask }) => {
    const results: Result[] = []
    const letters: { index: number; value: Record<string, unknown>; letter: Letter }[] = []
    for (const { index, value } of items) {
      const letter = letterTo(value, options)
      if (typeof letter === 'string') results.push({ item: index, status: 'skipped', outputs: [], reason: letter })
      else letters.push({ index, value, letter })
    }
    const answers = letters.length > 0 ? await ask(sendEmail, letters.map(({ letter }) => letter), { providers: options.providers, raw: options.raw, items: letters.map(({ index }) => index) }) : []
    for (const [position, { index, value }] of letters.entries()) {
      const answer = answers[position]
      const id = answer?.outputs[0]?.id
      results.push(
        answer?.status === 'done' && id !== undefined
          ? { item: index, status: 'done', outputs: [{ ...value, message: { id, provider: answer.provider, sentAt: answer.at.toISOString() } }], ...(answer.raw !== undefined && { raw: answer.raw }) }
          : {
              item: index,
              status: answer?.status === 'uncertain' ? 'uncertain' : 'failed',
              outputs: [],
              error: answer?.error ?? { kind: 'bad_response', message: 'The service did not say what became of this message.', advice: 'Look at the service whether it was sent.' },
            },
      )
    }
    return results
  },
}

interface Letter {
  to: string
  toName?: string
  from: string
  fromName?: string
  replyTo?: string
  subject: string
  text: string
  html?: string
}

/** The message to a lead, or why there is none. */
const letterTo = (item: Record<string, unknown>, { from, fromName, replyTo, subject, text, html }: Parameters<(typeof block)['run']>[1]): Letter | string => {
  const to = textOf(item.email)
  if (!to) return 'There is no e-mail address to write to.'
  const parts = [fill(subject, item, oneLine), fill(text, item), ...(html === undefined ? [] : [fill(html, item, escapeHtml)])]
  const missing = [...new Set(parts.flatMap((part) => ('missing' in part ? part.missing : [])))]
  if (missing.length > 0) return `The lead has no ${missing.join(', ')}, which the message needs.`
  const [filledSubject = '', filledText = '', filledHtml] = parts.map((part) => ('text' in part ? part.text : ''))
  const toName = textOf(item.fullName)
  return { to, from, subject: filledSubject, text: filledText, ...(toName && { toName: oneLine(toName) }), ...(fromName && { fromName }), ...(replyTo && { replyTo }), ...(filledHtml && { html: filledHtml }) }
}
