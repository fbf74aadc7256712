import { validateHeaderName, validateHeaderValue } from 'node:http'
import { HubError } from '../../contracts/errors.ts'
import type { MadeAnswer } from './answers.ts'
import type { VendorReply } from './call.ts'
import type { MagicWord } from './magic.ts'

const page =
  '<!doctype html><html><head><title>Just a moment…</title></head><body><h1>We will be right back</h1></body></html>'

/**
 * An answer as it goes over the wire; `shared` are the headers of all of the vendor's answers.
 * @throws HubError bad_response where HTTP has no such status or header: it may be sent later, when nobody can be told
 */
export const replyOf = (
  { status, headers, type, body }: MadeAnswer,
  shared: Readonly<Record<string, string>>,
  delay: number,
): VendorReply => {
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new HubError('bad_response', `HTTP has no status ${status}.`)
  const all = { ...(type !== undefined && { 'content-type': type }), ...shared, ...headers }
  for (const [name, value] of Object.entries(all)) checkHeader(name, value)
  return { status, headers: all, body, delay }
}

const checkHeader = (name: string, value: string): void => {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch (thrown) {
    throw new HubError('bad_response', `HTTP has no such header: ${name}.`, { cause: thrown })
  }
}

/** What the magic words html and truncated make of a good answer. */
export const spoiled = (reply: VendorReply, magic: MagicWord | undefined): VendorReply => {
  if (magic === 'html')
    return { ...reply, status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page }
  return magic === 'truncated' ? { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) } : reply
}
