import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { HubError } from '../contracts/errors.ts'
import { requestOver, type Agents } from '../egress/agents.ts'
import { withDeadline } from './deadline.ts'
import { acceptedEncodings, decompressed } from './decompress.ts'
import type { Target } from './target.ts'
import { webError } from './webErrors.ts'

export interface DownloadOptions {
  readonly agents: Agents
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
  readonly firstByteMs: number
  /** Bytes, after decompression. */
  readonly maxBytes: number
  /** What becomes of a larger body. */
  readonly larger: 'refuse' | 'cut'
  /** Whether the body of an answer is wanted at all. */
  readonly wants: (status: number, headers: IncomingHttpHeaders) => boolean
}

export interface Downloaded {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Empty where it was not wanted. */
  readonly body: Buffer
}

/** Answers with the addresses that were checked, whatever the name may mean by now: no rebinding. */
const lookupOf =
  (target: Target): LookupFunction =>
  (_host, options, callback) => {
    const places = target.addresses.map(({ address, family }) => ({ address, family }))
    const first = places[0]
    if (!first) return callback(new Error('No address'), '', 4)
    if (options.all) callback(null, places)
    else callback(null, first.address, first.family)
  }

const ask = (target: Target, { agents, headers }: DownloadOptions, signal: AbortSignal): Promise<IncomingMessage> => {
  const { url, port, secure } = target
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const answer = Promise.withResolvers<IncomingMessage>()
  const request = requestOver(agents, secure ? 'https:' : 'http:', {
    host: hostname,
    port,
    path: url.pathname + url.search,
    headers: { host: url.host, 'accept-encoding': acceptedEncodings, ...headers },
    // The agents look at what it says once more.
    lookup: lookupOf(target),
    signal,
  })
  request.once('response', answer.resolve)
  // Stays for the body's time: an abort after the headers is reported here too.
  request.on('error', (error) => answer.reject(Object.assign(error, { reused: request.reusedSocket })))
  request.end()
  return answer.promise
}

/** The server may close a kept connection just as it is used again: RFC 9112, 9.3.1, allows one repetition. */
const askTwiceIfStale = async (
  target: Target,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  try {
    return await ask(target, options, signal)
  } catch (thrown) {
    const stale =
      thrown instanceof Error &&
      'reused' in thrown &&
      thrown.reused === true &&
      'code' in thrown &&
      thrown.code === 'ECONNRESET'
    if (!stale || signal.aborted) throw thrown
    return ask(target, options, signal)
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 10_000) / 100} MB`

const readBody = async (
  answer: IncomingMessage,
  target: Target,
  { signal, maxBytes, larger }: DownloadOptions,
): Promise<Buffer> => {
  const tooLarge = () =>
    new HubError('bad_response', `${target.url.host}${target.url.pathname} is larger than ${megabytes(maxBytes)}.`, {
      advice: 'Give the address of a smaller page.',
    })
  const encoding = answer.headers['content-encoding']
  if (larger === 'refuse' && !encoding && Number(answer.headers['content-length']) > maxBytes) throw tooLarge()
  const stop = () => answer.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of decompressed(answer, encoding) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBytes && larger === 'refuse') throw tooLarge()
      chunks.push(chunk)
      if (bytes >= maxBytes && larger === 'cut') break
    }
    return Buffer.concat(chunks).subarray(0, maxBytes)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** A body that nobody wants is read away if it is this short, so that the connection can be used again. Bytes. */
const SHORT = 16_384

const readAway = async (answer: IncomingMessage, signal: AbortSignal): Promise<void> => {
  if (Number(answer.headers['content-length'] ?? 0) > SHORT) return
  const stop = () => answer.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    let bytes = 0
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > SHORT) break
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/**
 * One exchange with a checked target: no redirect followed, no cookie kept.
 * @throws HubError timeout, unavailable, bad_response, cancelled (through `signal`)
 */
export const download = async (target: Target, options: DownloadOptions): Promise<Downloaded> => {
  const host = target.url.host
  let answer: IncomingMessage | undefined
  try {
    answer = await withDeadline(
      {
        ms: options.firstByteMs,
        signal: options.signal,
        tooLate: () =>
          new HubError('timeout', `${host} did not begin to answer within ${options.firstByteMs / 1000} s.`),
      },
      (signal) => askTwiceIfStale(target, options, signal),
    )
    const status = answer.statusCode ?? 0
    const headers = answer.headers
    if (options.wants(status, headers)) return { status, headers, body: await readBody(answer, target, options) }
    await readAway(answer, options.signal)
    return { status, headers, body: Buffer.alloc(0) }
  } catch (thrown) {
    if (options.signal.aborted) throw options.signal.reason
    throw webError(thrown, host)
  } finally {
    // Read to its end it goes back to the agent; otherwise the rest is not worth its bytes.
    if (answer && !answer.readableEnded) answer.destroy()
  }
}
