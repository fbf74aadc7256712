import type { ErrorKind } from '../../contracts/errors.ts'
import type { SendOutcome } from '../manifest/parts.ts'

/**
 * Server errors that say that the request was not handled:
 * - 501 and 505: the server does not know the method, or the version of HTTP (RFC 9110 15.6.2, 15.6.6);
 * - 503: it "is currently unable to handle the request" (RFC 9110 15.6.4); Twilio, whose 500 may have sent the message
 *   (https://www.twilio.com/docs/api/errors/20500), says to try again after a 503
 *   (https://www.twilio.com/docs/api/errors/20503);
 * - 511: a network's log-in page answered, not the service (RFC 6585 6);
 * - 521, 522, 523, 525 and 526: Cloudflare found no connection to the service
 *   (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/).
 * All others may come after the message was taken: 500, and 502 and 504 of a gateway that passed it on.
 */
const unhandled: ReadonlySet<number> = new Set([501, 503, 505, 511, 521, 522, 523, 525, 526])

/**
 * Of an error that the service answered. A 4xx is a refusal, a 408 too: the request did not arrive whole (RFC 9110
 * 15.5.9).
 * Where the connector has a row of its own for it, that row's kind counts: vendors tell failures of theirs in any
 * status.
 */
export const outcomeOfAnswer = (status: number, kind: ErrorKind, hasRow: boolean): SendOutcome => {
  if (unhandled.has(status)) return 'refused'
  if (!hasRow && status >= 400 && status < 500) return 'refused'
  return outcomeOfKind(kind)
}

/**
 * Of an error without a status: a failure, or something that makes no sense, leaves open what became of the message.
 */
export const outcomeOfKind = (kind: ErrorKind): SendOutcome =>
  kind === 'unavailable' || kind === 'timeout' || kind === 'bad_response' ? 'uncertain' : 'refused'
