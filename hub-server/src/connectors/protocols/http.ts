import http from 'node:http'
import https from 'node:https'
import axios, { AxiosError, type AxiosResponse } from 'axios'
import { HubError } from '../../contracts/errors.ts'
import type { VendorAnswer, VendorRequest } from '../types.ts'

/** Connections, shared by all calls of the process. */
export interface Agents {
  readonly http: http.Agent
  readonly https: https.Agent
}

const mostBytes = 20 * 1024 * 1024

/**
 * @param keepAlive false: a new connection for each call. A kept one may have been closed by the service just as it is used
 * again, and then nobody knows whether the call arrived
 */
export const createAgents = (keepAlive = true, maxSockets = 64): Agents => ({
  http: new http.Agent({ keepAlive, maxSockets, scheduling: 'fifo' }),
  https: new https.Agent({ keepAlive, maxSockets, scheduling: 'fifo' }),
})

/**
 * Performs one HTTP request. Every status is an answer; redirects are not followed (a key would go with them).
 * @throws HubError unavailable, timeout or cancelled when there is no answer; bad_response when it is over 20 MB
 */
export const performHttp = async (request: VendorRequest, { signal, agents }: { signal: AbortSignal; agents: Agents }): Promise<VendorAnswer> => {
  const ending = endingOf(signal, request.timeoutMs)
  try {
    const answer: AxiosResponse<Buffer> = await axios.request<Buffer>({
      method: request.method,
      url: request.url,
      headers: { ...request.headers },
      // axios takes bytes only as a Buffer.
      data: request.body instanceof Uint8Array ? Buffer.from(request.body) : request.body,
      responseType: 'arraybuffer',
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
      validateStatus: () => true,
      maxRedirects: 0,
      maxContentLength: mostBytes,
      maxBodyLength: mostBytes,
      // The deadline is for the whole answer; axios' own timeout would not see a body that trickles.
      signal: ending.signal,
      httpAgent: agents.http,
      httpsAgent: agents.https,
      proxy: false,
    })
    return toAnswer(request, answer)
  } catch (thrown) {
    throw failure(request, thrown, signal, ending.isLate())
  } finally {
    ending.clear()
  }
}

/** Ends with the caller's signal or when time is up. AbortSignal.timeout would leave its timer behind for each call. */
const endingOf = (signal: AbortSignal, timeoutMs: number) => {
  const controller = new AbortController()
  let late = false
  const timer = setTimeout(() => {
    late = true
    controller.abort()
  }, timeoutMs)
  const follow = () => controller.abort()
  signal.addEventListener('abort', follow, { once: true })
  if (signal.aborted) follow()
  const clear = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', follow)
  }
  return { signal: controller.signal, isLate: () => late, clear }
}

const toAnswer = (request: VendorRequest, answer: AxiosResponse<Buffer>): VendorAnswer => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers)) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value)
  const bytes = answer.data
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
  const host = URL.canParse(request.url) ? new URL(request.url).host : 'the service'
  const more = { provider: request.connector }
  if (signal.aborted) return new HubError('cancelled', 'This was cancelled while it was being asked.', more)
  if (isLate) return new HubError('timeout', `${host} did not answer within ${request.timeoutMs / 1000} seconds.`, more)
  const code = thrown instanceof AxiosError || (thrown instanceof Error && 'code' in thrown) ? String(thrown.code ?? '') : ''
  if (code === 'ETIMEDOUT' || code === 'ECONNABORTED') return new HubError('timeout', `${host} did not answer in time.`, more)
  if (code === 'ERR_BAD_RESPONSE' && thrown instanceof Error && thrown.message.includes('maxContentLength')) return new HubError('bad_response', `${host} answered more than 20 MB.`, more)
  // Of the error only its code goes on: its text and its fields hold the address, and with it the key.
  const cause = Object.assign(new Error(code || 'no connection'), { code, reused: isReused(thrown) })
  return new HubError('unavailable', `${host} cannot be reached${code ? ` (${code})` : ''}.`, { ...more, cause })
}

const isReused = (thrown: unknown): boolean => thrown instanceof AxiosError && thrown.request instanceof http.ClientRequest && thrown.request.reusedSocket

/**
 * Whether a kept connection was closed by the service just as it was used again: no outage, and a read may be made anew
 * at once (https://nodejs.org/api/http.html#requestreusedsocket).
 */
export const wasClosedWhileIdle = (thrown: unknown): boolean =>
  thrown instanceof HubError && thrown.cause instanceof Error && 'reused' in thrown.cause && thrown.cause.reused === true && 'code' in thrown.cause && (thrown.cause.code === 'ECONNRESET' || thrown.cause.code === 'EPIPE')
