import { HubError } from '../../contracts/errors.ts'
import type { Caller } from '../rights/caller.ts'
import type { Allowance, RequestCounts, Taken } from './gcra.ts'

/** Requests a minute. */
export interface LimitSettings {
  readonly perKey: number
  readonly perAddress: number
}

/** Wrong keys and passwords that one address may send in a row, and how fast it may go on. */
const wrongOnes: Allowance = { perMinute: 10, burst: 20 }
/** Sign-ins that are tried with one e-mail address, from wherever. */
const signIns: Allowance = { perMinute: 5, burst: 10 }
/** Long polls that wait at once for one key or person; of all together as many as leave room for other requests. */
const mostWaiting = 50
const mostWaitingInAll = 500

/** So much of a minute's requests may come at once. */
const burstOf = (perMinute: number): number => Math.max(1, Math.ceil(perMinute / 6))

const allowanceOf = (perMinute: number): Allowance => ({ perMinute, burst: burstOf(perMinute) })

/** For RateLimit and RateLimit-Policy (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/). */
export interface LimitHeaders {
  readonly 'RateLimit-Policy': string
  readonly RateLimit: string
}

const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1000))

const headersOf = (name: string, { burst, perMinute }: Allowance, taken: Taken): LimitHeaders => ({
  'RateLimit-Policy': `"${name}";q=${burst};w=${Math.max(1, Math.round((burst * 60) / perMinute))}`,
  RateLimit: `"${name}";r=${taken.remaining};t=${seconds(taken.resetMs)}`,
})

/** Refused for being too many: `headers` say when to come again. */
export class TooMany extends HubError {
  readonly headers: LimitHeaders

  constructor(message: string, taken: Taken, headers: LimitHeaders) {
    super('rate_limited', message, {
      retryAfter: Math.max(1, seconds(taken.retryMs)),
      advice: 'Wait as long as Retry-After says, and send fewer requests with more items in each.',
    })
    this.headers = headers
  }
}

export type RequestLimits = ReturnType<typeof createRequestLimits>

export const createRequestLimits = (counts: RequestCounts, { perKey, perAddress }: LimitSettings) => {
  const waiting = new Map<string, number>()
  let waitingInAll = 0

  const take = async (name: string, label: string, allowance: Allowance, message: string): Promise<LimitHeaders> => {
    const taken = await counts.take(name, allowance)
    const headers = headersOf(label, allowance, taken)
    if (!taken.isAllowed) throw new TooMany(message, taken, headers)
    return headers
  }

  return {
    /** @throws TooMany */
    ofAddress: (address: string): Promise<LimitHeaders> =>
      take(`address:${address}`, 'address', allowanceOf(perAddress), 'Too many requests come from this address.'),
    /** @throws TooMany */
    ofCaller: ({ actor, requestsPerMinute }: Caller): Promise<LimitHeaders> =>
      take(
        `${actor.kind}:${actor.id}`,
        actor.kind,
        allowanceOf(requestsPerMinute ?? perKey),
        actor.kind === 'key' ? 'Too many requests come with this key.' : 'You send too many requests.',
      ),
    /** Whether an address has sent so many wrong keys that it must wait. */
    isSlowed: async (address: string): Promise<Taken | undefined> => {
      const taken = await counts.look(`wrong:${address}`, wrongOnes)
      return taken.isAllowed ? undefined : taken
    },
    /** One more wrong key or password from there. */
    wrong: async (address: string): Promise<void> => void (await counts.take(`wrong:${address}`, wrongOnes)),
    tooManyWrong: (taken: Taken): TooMany =>
      new TooMany('Too many wrong keys came from this address.', taken, headersOf('wrong', wrongOnes, taken)),
    /** @throws TooMany, whether or not somebody has that e-mail address */
    ofSignIn: (email: string): Promise<LimitHeaders> =>
      take(`sign-in:${email}`, 'sign-in', signIns, 'Too many tried to sign in as this person.'),
    /** One more long poll; the answer ends it. @throws HubError rate_limited where too many wait already */
    beginWaiting: ({ actor }: Caller): (() => void) => {
      const name = `${actor.kind}:${actor.id}`
      const mine = waiting.get(name) ?? 0
      if (mine >= mostWaiting || waitingInAll >= mostWaitingInAll)
        throw new HubError('rate_limited', 'Too many requests wait for something to happen already.', {
          retryAfter: 5,
          advice: `End some of them, or ask without “wait”: ${mostWaiting} may wait at once for one key.`,
        })
      waiting.set(name, mine + 1)
      waitingInAll++
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        waitingInAll--
        const left = (waiting.get(name) ?? 1) - 1
        if (left === 0) waiting.delete(name)
        else waiting.set(name, left)
      }
    },
  }
}
