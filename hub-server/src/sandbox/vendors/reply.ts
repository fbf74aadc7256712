import type { MadeAnswer } from './answers.ts'
import type { VendorReply } from './call.ts'
import type { MagicWord } from './magic.ts'

const page =
  '<!doctype html><html><head><title>Just a moment…</title></head><body><h1>We will be right back</h1></body></html>'

/** An answer as it goes over the wire; `shared` are the headers of all of the vendor's answers. */
export const replyOf = (
  { status, headers, type, body }: MadeAnswer,
  shared: Readonly<Record<string, string>>,
  delay: number,
): VendorReply => ({
  status,
  headers: { ...(type !== undefined && { 'content-type': type }), ...shared, ...headers },
  body,
  delay,
})

/** What the magic words html and truncated make of a good answer. */
export const spoiled = (reply: VendorReply, magic: MagicWord | undefined): VendorReply => {
  if (magic === 'html')
    return { ...reply, status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page }
  return magic === 'truncated' ? { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) } : reply
}
