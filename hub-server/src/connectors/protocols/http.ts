import { once } from 'node:events'
import type { ClientRequest, IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { urlToHttpOptions } from 'node:url'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { HubError } from '../../contracts/errors.ts'
import { requestOver, type Agents } from '../../egress/agents.ts'
import type { VendorAnswer, VendorRequest } from '../port/types.ts'
import type { Departure, PerformOptions } from './performRequest.ts'

const mostBytes = 20 * 1024 * 1024

/**
 * Performs one HTTP request. Every status is an answer; redirects are not followed (a key would go with them).
 * @throws HubError unavailable, timeout or cancelled when there is no answer; bad_response when it is over 20 MB; what
 * the egress policy refuses
 */
export const performHttp = async (
  request: VendorRequest,
  { signal, egress, departure }: PerformOptions,
): Promise<VendorAnswer> => {
  const ending = endingOf(signal, request.timeoutMs)
  const leave = async (): Promise<void> => departure?.leave()
  const left = (): void => {
    departure?.left()
    // The time of the answer begins when the question leaves.
    ending.restart()
  }
  try {
    return toAnswer(request, await exchanged(request, egress.agents, ending.signal, { leave, left }))
  } catch (thrown) {
    throw failure(request, thrown, signal, ending.isLate())
  } finally {
    ending.clear()
  }
}

interface Exchanged {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

/** The whole answer. @throws what Node's client gives, with `reused` where a kept connection ended before any answer */
const exchanged = async (
  { url, method, headers, body }: VendorRequest,
  agents: Agents,
  signal: AbortSignal,
  departure: Departure,
): Promise<Exchanged> => {
  if (!URL.canParse(url))
    throw new HubError('invalid_input', 'The server’s address is not right.', { advice: 'Check the account’s fields.' })
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>()
  const length = body !== undefined && { 'content-length': Buffer.byteLength(body) }
  const asked = requestOver(agents, url.startsWith('https:') ? 'https:' : 'http:', {
    ...urlToHttpOptions(new URL(url)),
    method,
    headers: { 'accept-encoding': Object.keys(unpack).join(', '), ...headers, ...length },
    signal,
  })
  let isAnswered = false
  asked.on('error', (error) => reject(Object.assign(error, { reused: asked.reusedSocket && !isAnswered })))
  asked.once('response', (answer) => {
    isAnswered = true
    const chunks: Buffer[] = []
    let size = 0
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > mostBytes) answer.destroy(tooLarge())
      else chunks.push(chunk)
    })
    answer.once('error', reject)
    answer.once('end', () =>
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(chunks) }),
    )
  })
  depart(asked, body, departure).catch((thrown: unknown) => {
    reject(thrown)
    asked.destroy()
  })
  const answer = await promise
  return { ...answer, bytes: await unpacked(answer.bytes, answer.headers['content-encoding']) }
}

/** Connections that have been ready once: kept ones are used again. */
const opened = new WeakSet<Socket>()

/** Writes a request once its connection is open, so that what is paced is what leaves, and nothing has left before. */
const depart = async (asked: ClientRequest, body: VendorRequest['body'], { leave, left }: Departure): Promise<void> => {
  const [socket] = (await once(asked, 'socket')) as [Socket]
  if (!opened.has(socket)) await once(socket, socket instanceof TLSSocket ? 'secureConnect' : 'connect')
  opened.add(socket)
  await leave()
  left()
  asked.end(body)
}

const tooLarge = () => Object.assign(new Error('too large'), { code: 'ERR_BUFFER_TOO_LARGE' })

const unpack: Readonly<Record<string, (bytes: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
  br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
}

/** Not longer than an answer may be: a bomb unpacks no further. */
const unpacked = async (bytes: Buffer, encoding: string | undefined): Promise<Buffer> =>
  bytes.length === 0
    ? bytes
    : ((await unpack[encoding?.toLowerCase() ?? '']?.(bytes, { maxOutputLength: mostBytes })) ?? bytes)

/**
 * Ends with the caller's signal or when time is up, which is for the whole answer. AbortSignal.timeout would leave its
 * timer behind for each call.
 */
const endingOf = (signal: AbortSignal, timeoutMs: number) => {
  const controller = new AbortController()
  let late = false
  const begin = () =>
    setTimeout(() => {
      late = true
      controller.abort()
    }, timeoutMs)
  let timer = begin()
  const restart = () => {
    clearTimeout(timer)
    timer = begin()
  }
  const follow = () => controller.abort()
  signal.addEventListener('abort', follow, { once: true })
  if (signal.aborted) follow()
  const clear = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', follow)
  }
  return { signal: controller.signal, isLate: () => late, restart, clear }
}

const toAnswer = (request: VendorRequest, answer: Exchanged): VendorAnswer => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : String(value)
  const { bytes } = answer
  if (request.as === 'bytes') return { status: answer.status, headers, body: new Uint8Array(bytes), text: '' }
  const text = decode(bytes, headers['content-type'] ?? '')
  return { status: answer.status, headers, body: request.as === 'text' ? text : parsed(text), text }
}

const decode = (bytes: Buffer, contentType: string): string => {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch (thrown) {
    if (thrown instanceof RangeError) return new TextDecoder().decode(bytes)
    throw thrown
  }
}

/** The JSON, or undefined: the reader then looks at the text. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined
    throw thrown
  }
}

const failure = (request: VendorRequest, thrown: unknown, signal: AbortSignal, isLate: boolean): HubError => {
  // Whoever paces it says why it did not leave, and the egress policy why it must not.
  if (thrown instanceof HubError) return thrown
  const host = URL.canParse(request.url) ? new URL(request.url).host : 'the service'
  const more = { provider: request.connector }
  if (signal.aborted) return new HubError('cancelled', 'This was cancelled while it was being asked.', more)
  if (isLate) return new HubError('timeout', `${host} did not answer within ${request.timeoutMs / 1000} seconds.`, more)
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code ?? '') : ''
  if (code === 'ETIMEDOUT') return new HubError('timeout', `${host} did not answer in time.`, more)
  if (code === 'ERR_BUFFER_TOO_LARGE') return new HubError('bad_response', `${host} answered more than 20 MB.`, more)
  // zlib's own codes, and Brotli's.
  if (/^(Z_|ERR__)/.test(code))
    return new HubError('bad_response', `${host} answered with something that cannot be unpacked.`, more)
  // Of the error only its code goes on: its text and its fields hold the address, and with it the key.
  const cause = Object.assign(new Error(code || 'no connection'), {
    code,
    reused: thrown instanceof Error && 'reused' in thrown && thrown.reused === true,
  })
  return new HubError('unavailable', `${host} cannot be reached${code ? ` (${code})` : ''}.`, { ...more, cause })
}

/**
 * Whether a kept connection was closed by the service just as it was used again: no outage, and a read may be made anew
 * at once (https://nodejs.org/api/http.html#requestreusedsocket).
 */
export const wasClosedWhileIdle = (thrown: unknown): boolean =>
  thrown instanceof HubError &&
  thrown.cause instanceof Error &&
  'reused' in thrown.cause &&
  thrown.cause.reused === true &&
  'code' in thrown.cause &&
  (thrown.cause.code === 'ECONNRESET' || thrown.cause.code === 'EPIPE')
