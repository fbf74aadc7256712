import { once } from 'node:events'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

export const client = { id: 'our-app', secret: 'the-secret-of-our-app' }

/**
 * A real OpenID provider on loopback, which lets in whoever opens its page, and counts what it was asked for tokens.
 */
export const startProvider = async (redirectUri: string) => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const url = `http://127.0.0.1:${port}`
  const provider = new Provider(url, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@acme.example` }) }),
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access', 'email'],
    claims: { email: ['email'], openid: ['sub'] },
    cookies: { keys: ['a key of the test'] },
    ttl: {
      AccessToken: () => tokenSeconds,
      RefreshToken: 3600,
      Grant: 3600,
      Session: 3600,
      Interaction: 600,
      AuthorizationCode: 60,
      IdToken: 60,
    },
    interactions: { url: (_context, interaction) => `/let-in/${interaction.uid}` },
  })
  const asked: { grant: string; ok: boolean }[] = []
  const grants: string[] = []
  let answerMs = 0
  let tokenSeconds = 3600
  provider.use(async (context, next) => {
    if (context.path === '/token' && answerMs > 0) await new Promise((resolve) => setTimeout(resolve, answerMs))
    await next()
  })
  provider.on('grant.success', ({ oidc }) => asked.push({ grant: String(oidc.params?.grant_type), ok: true }))
  provider.on('grant.error', ({ oidc }) => asked.push({ grant: String(oidc.params?.grant_type), ok: false }))
  const handle = provider.callback()

  /** The person, who is Ada, always says yes. */
  const letIn = async (
    request: Parameters<typeof handle>[0],
    response: Parameters<typeof handle>[1],
  ): Promise<void> => {
    const { params, prompt } = await provider.interactionDetails(request, response)
    if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: 'ada' } })
    const grant = new provider.Grant({ accountId: 'ada', clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    const grantId = await grant.save()
    grants.push(grantId)
    return provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true })
  }
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/let-in/')) return void handle(request, response)
    letIn(request, response).catch((thrown: unknown) => response.writeHead(500).end(String(thrown)))
  })

  return {
    url,
    /** Answers to the token endpoint since the last look. */
    takeAsked: () => asked.splice(0),
    setSlow: (ms: number): void => void (answerMs = ms),
    /** How long the tokens last that are given from now on. */
    setLife: (seconds: number): void => void (tokenSeconds = seconds),
    /** The person throws the app out: what was granted until now is worth nothing. */
    revokeAll: async (): Promise<void> => {
      for (const grant of grants.splice(0)) await provider.RefreshToken.revokeByGrantId(grant)
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
export type TestProvider = Awaited<ReturnType<typeof startProvider>>
