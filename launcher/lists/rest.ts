import { request, type IncomingMessage } from 'node:http'
import { Readable, pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { interrupted, Problem, textOf } from '../problem.ts'
import type { HubProblem } from './contract.ts'

/** The hub does not answer just now, or says so: asking again may help. */
export class Unreachable extends Problem {}

/** What was asked contradicts what the hub has stored. */
export class Conflict extends Problem {}

/** Where the hub is and which key opens it. */
export type Door = { address: string; key: string }

type Ask = {
  method?: 'GET' | 'POST'
  query?: Record<string, string | undefined>
  headers?: Record<string, string>
  /** A stream is sent as it is read, in constant memory; anything else as JSON. */
  body?: unknown
}

/**
 * Asks the hub for JSON.
 * @param what completes "… failed", for the error
 * @throws Problem with what happened and what to do, in the hub's words; Unreachable when it did not come to an answer
 */
export async function askHub<T>(door: Door, what: string, path: string, ask: Ask, stop: AbortSignal): Promise<T> {
  const response = await openHub(door, what, path, ask, stop)
  return parse(what, await read(what, response, stop))
}

/**
 * The same, for an answer that is read as it comes.
 * @throws the same
 */
export async function openHub(
  door: Door,
  what: string,
  path: string,
  ask: Ask,
  stop: AbortSignal,
): Promise<IncomingMessage> {
  const response = await send(door, path, ask, stop).catch((error: unknown) => {
    if (stop.aborted) throw interrupted()
    throw new Unreachable(`${what} failed: the hub at ${door.address} did not answer (${textOf(error)}).`)
  })
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return response
  const words = wordsOf(await read(what, response, stop))
  // An answer may come before the whole file is sent: the rest of it is of no use.
  response.destroy()
  throw refusal(status, `${what} failed. ${words}`)
}

function refusal(status: number, words: string): Problem {
  if (status >= 500) return new Unreachable(words)
  return status === 409 ? new Conflict(words) : new Problem(words)
}

function send(door: Door, path: string, ask: Ask, stop: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(path, door.address)
  for (const [name, value] of Object.entries(ask.query ?? {}))
    if (value !== undefined) url.searchParams.set(name, value)
  const isFile = ask.body instanceof Readable
  const type = ask.body === undefined || isFile ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${door.key}`, ...type, ...ask.headers }
    const asked = request(url, { method: ask.method ?? 'GET', headers, agent: false, signal: stop })
    asked.on('error', reject)
    asked.once('response', resolve)
    // A failure after the answer has come changes nothing any more.
    if (ask.body instanceof Readable) pipeline(ask.body, asked, (error) => error && reject(error))
    else asked.end(ask.body === undefined ? undefined : JSON.stringify(ask.body))
  })
}

async function read(what: string, response: IncomingMessage, stop: AbortSignal): Promise<string> {
  try {
    return await text(response)
  } catch (error) {
    if (stop.aborted) throw interrupted()
    throw new Unreachable(`${what} failed: the hub's answer broke off (${textOf(error)}).`)
  }
}

function parse<T>(what: string, body: string): T {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new Problem(`${what} failed: the answer was not JSON (${textOf(error)}). Is it the hub that listens there?`)
  }
}

/** What happened and what to do, from problem details (RFC 9457). */
function wordsOf(body: string): string {
  try {
    const problem: Partial<HubProblem> = JSON.parse(body)
    return [problem.detail, problem.advice].filter(Boolean).join(' ') || body.slice(0, 300)
  } catch (error) {
    if (error instanceof SyntaxError) return body.slice(0, 300)
    throw error
  }
}
