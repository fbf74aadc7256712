import { HubProblem, isProblem, notFromHub, offline } from './problem.ts'

/** Who has signed in here. */
export interface Session {
  readonly person: { readonly id: string; readonly name: string; readonly email: string | null }
  readonly workspaces: readonly { readonly id: string; readonly name: string; readonly role: string }[]
  readonly csrf: string
  readonly needsPassword: boolean
}

/** By what ways people sign in here. */
export interface Ways {
  readonly outside?: { readonly name: string; readonly path: string }
  readonly mail: boolean
}

const ask = async <Answer>(method: string, path: string, body?: object, csrf?: string): Promise<Answer> => {
  const response = await fetch(`/v1${path}`, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...(csrf !== undefined && { 'hub-csrf': csrf }) },
    ...(body && { body: JSON.stringify(body) }),
    cache: 'no-store',
  }).catch((thrown: unknown) => {
    throw new HubProblem(offline, thrown)
  })
  const text = await response.text()
  const answer: unknown = parsed(text)
  if (!response.ok) throw new HubProblem(isProblem(answer) ? answer : notFromHub(response.status))
  return answer as Answer
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text || 'null')
  } catch {
    // Not the hub's own answer: told of by its status.
    return undefined
  }
}

/** Who has signed in in this browser, if anybody. */
export const currentSession = (): Promise<Session | undefined> =>
  ask<Session | undefined>('GET', '/session').catch((thrown: unknown) => {
    if (thrown instanceof HubProblem) return undefined
    throw thrown
  })

export const waysIn = (): Promise<Ways> => ask('GET', '/sign-in')
export const signIn = (email: string, password: string): Promise<Session> =>
  ask('POST', '/session', { email, password })
export const signInByLink = (link: string): Promise<Session> => ask('POST', '/session/link', { link })
export const resetPassword = (link: string, password: string): Promise<Session> =>
  ask('POST', '/session/reset', { link, password })
export const forgotPassword = (email: string): Promise<void> => ask('POST', '/session/forgot', { email })
export const choosePassword = (csrf: string, password: string): Promise<Session> =>
  ask('PUT', '/session/password', { password }, csrf)
export const describeMyself = (csrf: string, about: { name: string; email: string }): Promise<Session> =>
  ask('PUT', '/session/person', about, csrf)
/** @returns where to sign out at the provider, too */
export const signOut = async (csrf: string): Promise<string | undefined> =>
  (await ask<{ url?: string }>('DELETE', '/session', undefined, csrf)).url
