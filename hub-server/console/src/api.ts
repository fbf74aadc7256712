import { headersOf, type Credential } from './credential.ts'
import { HubProblem, isProblem, notFromHub, offline, tooSlow } from './problem.ts'
import type { AccountInput, Connection, Connectors, KeyTest, Me } from './types.ts'

/** Testing waits for the vendor, so this is longer than the slowest of them (milliseconds). */
const patience = 60_000

export type Api = ReturnType<typeof createApi>

/**
 * The hub's REST door, as far as this page needs it.
 * Every function throws a {@link HubProblem}, and nothing else unless `signal` aborts.
 */
export const createApi = (credential: Credential) => {
  const send = async (method: string, path: string, body?: AccountInput, signal?: AbortSignal): Promise<Response> => {
    const timeout = AbortSignal.timeout(patience)
    try {
      return await fetch(`/v1${path}`, {
        method,
        headers: { ...headersOf(credential), ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        cache: 'no-store',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
    } catch (thrown) {
      if (signal?.aborted) throw thrown
      throw new HubProblem(timeout.aborted ? tooSlow : offline, thrown)
    }
  }

  const ask = async <Answer>(
    method: string,
    path: string,
    body?: AccountInput,
    signal?: AbortSignal,
  ): Promise<Answer> => {
    const response = await send(method, path, body, signal)
    if (response.ok) return readJson<Answer>(response)
    const problem = await readJson<unknown>(response)
    throw new HubProblem(isProblem(problem) ? problem : notFromHub(response.status))
  }

  return {
    me: (signal: AbortSignal) => ask<Me>('GET', '/me', undefined, signal),
    connectors: (signal: AbortSignal) => ask<Connectors>('GET', '/connectors', undefined, signal),
    connections: async (signal: AbortSignal) =>
      (await ask<{ connections: Connection[] }>('GET', '/connections', undefined, signal)).connections,
    create: (input: AccountInput) => ask<Connection>('POST', '/connections', input),
    replace: (id: string, input: AccountInput) =>
      ask<Connection>('PUT', `/connections/${encodeURIComponent(id)}`, input),
    /** The address of the vendor's page on which a person lets the hub in. */
    authorize: async (id: string) =>
      (await ask<{ url: string }>('POST', `/connections/${encodeURIComponent(id)}/authorize`)).url,
    test: (id: string) => ask<KeyTest>('POST', `/connections/${encodeURIComponent(id)}/test`),
    remove: (id: string) => ask<void>('DELETE', `/connections/${encodeURIComponent(id)}`),
  }
}

/** @throws HubProblem where the body is not JSON; nothing for 204 */
const readJson = async <Answer>(response: Response): Promise<Answer> => {
  const text = await response.text().catch((thrown: unknown) => {
    throw new HubProblem(offline, thrown)
  })
  try {
    return JSON.parse(text || 'null')
  } catch (thrown) {
    throw new HubProblem(notFromHub(response.status), thrown)
  }
}
