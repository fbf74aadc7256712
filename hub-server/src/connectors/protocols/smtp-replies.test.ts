import { expect, it } from 'vitest'
import { meaningOf, type Party, type Phase } from './smtp-replies.ts'

// Gmail: https://support.google.com/a/answer/3726730. Exchange Online:
// https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online
// The others: RFC 5321 4.2.3, RFC 4954 6, RFC 3463 3.
type Row = readonly [phase: Phase, reply: string, about: Party, status: number]
const rows: readonly Row[] = [
  // The account's: all that follow would meet the same.
  ['login', '535 5.7.8 Username and Password not accepted', 'account', 401],
  ['login', '534 5.7.9 Application-specific password required', 'account', 401],
  ['sender', '530 5.7.0 Must issue a STARTTLS command first', 'account', 401],
  ['sender', '530 5.5.1 Authentication Required', 'account', 401],
  ['login', '454 4.7.0 Too many login attempts, please try again later', 'account', 429],
  ['message', '550 5.4.5 Daily user sending quota exceeded', 'account', 402],
  ['message', '550-5.4.5 Daily SMTP relay limit exceeded for user', 'account', 402],
  [
    'message',
    '550 5.1.90 Your message can’t be sent because you’ve reached your daily limit for message recipients',
    'account',
    402,
  ],
  ['message', '550 5.7.233 Your message can’t be sent because your tenant exceeded its daily limit', 'account', 402],
  ['message', '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException', 'account', 402],
  ['recipient', '550 Hourly sending limit reached', 'account', 402],
  ['recipient', '450 4.2.1 Peak SMTP relay limit exceeded for customer', 'account', 429],
  ['message', '421 4.7.0 Try again later, closing connection', 'account', 429],
  ['recipient', '451 4.7.1 Greylisted, try again in five minutes', 'account', 429],
  ['recipient', '452 4.5.3 Your message has too many recipients', 'account', 429],
  ['greeting', '554 No SMTP service here', 'account', 403],
  // The recipient's: nobody else's.
  ['recipient', '452 4.2.2 The email account that you tried to reach is over quota', 'recipient', 422],
  ['recipient', '552 5.2.2 The email account that you tried to reach is over quota', 'recipient', 422],
  ['message', '552 5.2.2 Mailbox full: quota exceeded', 'recipient', 422],
  ['recipient', '452 Insufficient system storage', 'recipient', 422],
  ['message', '552 Requested mail action aborted: exceeded storage allocation', 'recipient', 422],
  ['recipient', '450 4.2.1 The user you are trying to contact is receiving mail too quickly', 'recipient', 422],
  ['recipient', '450 Requested mail action not taken: mailbox unavailable', 'recipient', 422],
  ['recipient', '550 5.2.1 The email account that you tried to reach is disabled', 'recipient', 422],
  ['recipient', '550 5.1.1 The email account that you tried to reach does not exist', 'recipient', 422],
  ['message', '550 5.1.10 Recipient not found', 'recipient', 422],
  ['recipient', '551 User not local', 'recipient', 422],
  ['recipient', '550 5.4.1 Recipient address rejected: Access denied', 'recipient', 422],
  // The sender's and the message's.
  ['sender', '553 5.7.1 Sender address rejected: not owned by user', 'sender', 422],
  ['sender', '550 5.1.8 Bad outbound sender', 'sender', 422],
  ['message', '554 5.2.252 SendAsDenied', 'sender', 403],
  ['sender', '552 Message size exceeds fixed maximum message size', 'message', 422],
  ['message', '552 Message exceeds fixed maximum message size', 'message', 422],
  ['message', '552 5.3.4 Message size exceeds fixed limit', 'message', 422],
  ['message', '554 5.6.0 Mail message is malformed', 'message', 422],
  ['message', '550 5.7.1 Message contains content not allowed', 'message', 422],
  // The server's own trouble: nothing was taken, and it may be asked again.
  ['greeting', '421 Service not available, closing transmission channel', 'server', 503],
  ['login', '454 4.7.0 Cannot authenticate due to temporary system problem', 'server', 503],
  ['sender', '452 4.3.1 Insufficient system storage', 'server', 503],
  ['message', '451 4.3.0 Mail server temporarily rejected message', 'server', 503],
  ['message', '451 Requested action aborted: local error in processing', 'server', 503],
  ['recipient', '421 4.4.5 Server busy, try again later', 'server', 503],
]

it.each(rows)('at %s, “%s” is about the %s: %i', (phase, text, about, status) => {
  expect(meaningOf({ code: Number(text.slice(0, 3)), text, phase })).toMatchObject({ about, status })
})
