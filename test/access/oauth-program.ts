import * as client from 'openid-client'
import type { Hub } from '../hub/hub-process.ts'
import { ownerKeyOf, signIn } from './oauth-person.ts'

export type Person = Awaited<ReturnType<typeof signIn>>
export interface Me {
  readonly permissions: readonly string[]
  readonly mode: string
  readonly person?: { readonly id: string }
}
export interface Grants {
  readonly grants: readonly { readonly id: string; readonly client: string; readonly scopes: readonly string[] }[]
}

export const redirectUri = 'http://127.0.0.1:7777/back'

interface Question {
  readonly url: URL
  readonly verifier: string
}

interface Choice {
  readonly mode?: string
  readonly decision?: string
}

export const refreshOf = (tokens: { refresh_token?: string }): string => {
  if (tokens.refresh_token === undefined) throw new Error('no refresh token')
  return tokens.refresh_token
}

/** What programs do that want to be let in, and what the person does who lets them in. */
export const programsAt = (hub: () => Hub) => {
  const register = (uris: string[] = [redirectUri]): Promise<client.Configuration> =>
    client.dynamicClientRegistration(
      new URL(`${hub().url}/oauth`),
      { client_name: 'A <b>program</b>', redirect_uris: uris, token_endpoint_auth_method: 'none' },
      client.None(),
      { algorithm: 'oauth2', execute: [client.allowInsecureRequests] },
    )

  const question = async (program: client.Configuration, more: Record<string, string> = {}): Promise<Question> => {
    const verifier = client.randomPKCECodeVerifier()
    const url = client.buildAuthorizationUrl(program, {
      redirect_uri: redirectUri,
      scope: 'leads.read runs',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    })
    return { url, verifier }
  }

  const locationOf = (answer: Response): string => {
    const location = answer.headers.get('location')
    if (location === null) throw new Error(`no redirect: ${answer.status}`)
    return new URL(location, hub().url).href
  }

  /** The page that asks, and its hidden token. */
  const openQuestion = async (person: Person, url: URL) => {
    const page = locationOf(await person.get(url.href))
    const shown = await person.get(page)
    const html = await shown.text()
    return { page, shown, html, csrf: /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '' }
  }

  const answer = async (person: Person, url: URL, { mode = 'test', decision = 'allow' }: Choice = {}): Promise<URL> => {
    const { page, csrf } = await openQuestion(person, url)
    const workspace = person.session.workspaces[0]?.id ?? ''
    const resumed = await person.post(page, { csrf, workspace, mode, decision })
    return new URL(locationOf(await person.get(locationOf(resumed))))
  }

  const letIn = async (person: Person, program: client.Configuration, more: Record<string, string> = {}) => {
    const { url, verifier } = await question(program, more)
    const back = await answer(person, url)
    const tokens = await client.authorizationCodeGrant(program, back, { pkceCodeVerifier: verifier })
    return { back, verifier, tokens }
  }

  const me = (token: string) => hub().call<Me>('GET', '/v1/me', { key: token })
  const statusOf = async (token: string): Promise<number> => (await me(token)).status

  /** Somebody else in the owner's workspace. */
  const invite = async (role: string): Promise<{ person: Person; id: string }> => {
    const email = `${role}-${Math.random()}@example.test`
    const { body } = await hub().call<{ person: { id: string } }>('POST', '/v1/people', {
      key: ownerKeyOf(hub()),
      body: { email, role },
    })
    return { person: await signIn(hub(), body.person.id), id: body.person.id }
  }

  return { register, question, locationOf, openQuestion, answer, letIn, me, statusOf, invite }
}
