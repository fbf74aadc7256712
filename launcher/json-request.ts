import type { HubProblem } from './lists/contract.ts'
import { Problem, textOf } from './problem.ts'

type Ask = { method?: string; headers?: Record<string, string>; body?: unknown }
export type Answer<T> = { body: T; cookies: string[] }

/**
 * Asks for JSON and reads it.
 * @param what completes "… failed", for the error
 * @throws Problem with the answer's own words when it is not a success
 */
export async function askJson<T>(what: string, address: string, ask: Ask = {}): Promise<Answer<T>> {
  const response = await send(what, address, ask)
  const text = await response.text()
  if (!response.ok) throw new Problem(`${what} failed: ${address} answered ${response.status}. ${wordsOf(text)}`)
  return { body: parse(what, text), cookies: response.headers.getSetCookie() }
}

async function send(what: string, address: string, ask: Ask): Promise<Response> {
  try {
    return await fetch(address, {
      method: ask.method ?? 'GET',
      headers: { ...ask.headers, ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      signal: AbortSignal.timeout(60_000),
    })
  } catch (error) {
    throw new Problem(`${what} failed: ${address} did not answer (${textOf(error)}).`)
  }
}

function parse<T>(what: string, text: string): T {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Problem(`${what} failed: the answer was not JSON (${textOf(error)}).`)
  }
}

/** The sentence for people in an error's body: `detail` (problem details) or `message` (n8n), else its beginning. */
function wordsOf(text: string): string {
  try {
    const body: Partial<HubProblem> & { message?: string } = JSON.parse(text)
    return body.detail ?? body.message ?? text.slice(0, 300)
  } catch (error) {
    if (error instanceof SyntaxError) return text.slice(0, 300)
    throw error
  }
}
