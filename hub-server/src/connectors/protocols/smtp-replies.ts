/**
 * What the reply codes of mail servers mean: whose matter a refusal is, and whether it may be asked for again. With any
 * reply of 4yz or 5yz the message was not taken (RFC 5321 4.2.1), so none of these leaves its outcome unknown.
 *
 * - basic codes: RFC 5321 4.2.2, 4.2.3 and 4.3.5, https://www.rfc-editor.org/rfc/rfc5321#section-4.2
 * - of log-ins: RFC 4954 6, https://www.rfc-editor.org/rfc/rfc4954#section-6
 * - enhanced codes (class.subject.detail): RFC 3463, https://www.rfc-editor.org/rfc/rfc3463, and the registry,
 *   https://www.iana.org/assignments/smtp-enhanced-status-codes
 * - Gmail's: https://support.google.com/a/answer/3726730
 * - Exchange Online's:
 * https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online
 */

/** How far the conversation had come. */
export type Phase = 'greeting' | 'login' | 'sender' | 'recipient' | 'data' | 'message'

export type Party = 'account' | 'sender' | 'recipient' | 'message' | 'server'

export interface Reply {
  readonly code: number
  /** All that the server said, the code included. */
  readonly text: string
  readonly phase: Phase
}

export interface Meaning {
  /**
   * Whose matter it is. A recipient's, a sender's or a message's is nobody else's; the account's holds for all that
   * follow.
   */
  readonly about: Party
  /** The HTTP status that means the same; 503 is the server's own trouble before anything was taken. */
  readonly status: 401 | 402 | 403 | 422 | 429 | 503
  /** In plain English, where the reply's own words do not say it. */
  readonly says?: string
  /** The same message may be taken at another time. */
  readonly later?: true
}

/** @param reply with a code of 400 to 599 */
export const meaningOf = (reply: Reply): Meaning => {
  const { code, text, phase } = reply
  const enhanced = enhancedOf(text)
  const passes = code < 500
  if (isLogin(code, phase)) return ofLogin(code, text)
  if (isDailyLimit(enhanced, text))
    return { about: 'account', status: 402, says: 'This account has sent as much as it may for now' }
  if (isAccountRate(passes, text)) return { about: 'account', status: 429 }
  if (code === 421 || phase === 'greeting') return ofConnection(code, enhanced)
  if (enhanced) return ofEnhanced(enhanced, reply)
  return ofBasic(reply)
}

/** The enhanced code that follows the basic one, as 5.2.2; it is absent where the server has none. */
export const enhancedOf = (text: string): string | undefined => /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1]

/** A mailbox that is full is that address's matter, whatever the class says about how long. */
const fullMailbox: Meaning = {
  about: 'recipient',
  status: 422,
  says: 'The mailbox of this address is full',
  later: true,
}
const temporarilyNot: Meaning = {
  about: 'recipient',
  status: 422,
  says: 'This address takes no mail just now',
  later: true,
}
const recipient: Meaning = { about: 'recipient', status: 422 }
const sender: Meaning = { about: 'sender', status: 422 }
const message: Meaning = { about: 'message', status: 422 }
const serverTrouble: Meaning = { about: 'server', status: 503 }

/** 454 is a log-in that the server could not look into just now (RFC 4954 6): that says nothing about the password. */
const isLogin = (code: number, phase: Phase): boolean => phase === 'login' || [530, 534, 535, 538].includes(code)

const ofLogin = (code: number, text: string): Meaning => {
  if (code >= 500 || code === 432) return { about: 'account', status: 401 }
  return tooMany.test(text) ? { about: 'account', status: 429 } : serverTrouble
}

/**
 * Gmail's 550 5.4.5 "Daily user sending quota exceeded"; Exchange Online's 5.1.90, 5.7.232 and 5.7.233, daily limits of
 * a user, a trial and a tenant. RFC 3463 has no code for it, so that the words decide with other servers.
 */
const isDailyLimit = (enhanced: string | undefined, text: string): boolean =>
  ['5.4.5', '5.1.90', '5.7.232', '5.7.233'].includes(enhanced ?? '') ||
  /SubmissionQuotaExceeded/.test(text) ||
  (!isMailbox(enhanced) && dailyLimit.test(text))

const dailyLimit = /\b(daily|hourly|monthly|sending|submission)\b.{0,40}\b(limit|quota)\b.{0,30}\b(exceeded|reached)/i

/** Gmail says 450 4.2.1 "Peak SMTP relay limit exceeded for customer", although 2 is the mailbox: the words decide. */
const isAccountRate = (passes: boolean, text: string): boolean => passes && accountRate.test(text)

const accountRate = new RegExp(
  String.raw`relay limit exceeded|too many (messages|mails|connections|commands|recipients)|rate limit|` +
    String.raw`unusual rate|throttl.{0,30}\b(sender|account|you)\b`,
  'i',
)
const tooMany = /too many|rate|later, closing/i

const isMailbox = (enhanced: string | undefined): boolean => enhanced?.split('.')[1] === '2'

/**
 * The server closes, or does not begin: 421 4.7.0 is a rate (Gmail), 554 a server that takes no mail from here at all.
 */
const ofConnection = (code: number, enhanced: string | undefined): Meaning => {
  if (code === 421) return enhanced?.startsWith('4.7.') ? { about: 'account', status: 429 } : serverTrouble
  return code < 500 ? serverTrouble : { about: 'account', status: 403 }
}

const ofEnhanced = (enhanced: string, reply: Reply): Meaning => {
  const { phase, code } = reply
  const passes = code < 500
  const [, subject, detail = ''] = enhanced.split('.')
  switch (subject) {
    case '1':
      // x.1.7 and x.1.8 are about the address that the message comes from.
      return detail === '7' || detail === '8' || phase === 'sender' ? sender : recipient
    case '2':
      if (detail === '2') return fullMailbox
      // x.2.3: longer than this mailbox takes. 5.2.252 is Exchange's "send as denied".
      if (detail === '252') return { about: 'sender', status: 403 }
      return passes ? temporarilyNot : recipient
    case '3':
      if (detail === '4') return message
      return passes ? serverTrouble : { about: 'server', status: 422 }
    case '4':
      // Routes: to the recipient's own server, once the recipient is named.
      if (!passes) return recipient
      return phase === 'recipient' ? temporarilyNot : serverTrouble
    case '5':
      // 4.5.3: too many recipients at once; Gmail's advice is to send in another transaction.
      return passes ? { about: 'account', status: 429 } : message
    case '6':
      return message
    case '7':
      // A policy that passes: greylisting, a rate. One that stays is about this message, its sender or whom it is for.
      if (passes) return { about: 'account', status: 429 }
      if (phase === 'sender') return sender
      return phase === 'recipient' ? recipient : message
    default:
      return ofBasic(reply)
  }
}

/** Without an enhanced code: by the command that was answered. */
const ofBasic = ({ code, phase, text }: Reply): Meaning => {
  if (code === 451) return serverTrouble
  switch (phase) {
    case 'sender':
      if (code < 500) return serverTrouble
      // 552 to MAIL FROM with a SIZE is a message that is too long (RFC 1870 6.1).
      return code === 552 ? message : sender
    case 'recipient':
      if (code === 452 || code === 552) return fullMailbox
      return code < 500 ? temporarilyNot : recipient
    case 'message':
      // "Exceeded storage allocation": of the one recipient that a message of ours has, unless the words are about its
      // size.
      if (code === 452 || code === 552) return /\bsize|too (big|large|long)/i.test(text) ? message : fullMailbox
      return code < 500 ? serverTrouble : message
    default:
      return code < 500 ? serverTrouble : message
  }
}
