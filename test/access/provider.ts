import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import Provider, { type JWK } from 'oidc-provider'

export interface Employee {
  readonly email: string
  readonly email_verified: boolean
  readonly name: string
  readonly groups: readonly string[]
}

export const client = { id: 'hub', secret: 'the-secret-of-the-hub' }

const newKey = (): JWK => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kty: 'RSA',
  use: 'sig',
  kid: randomUUID(),
})

/** A real OpenID provider on loopback, which lets in whoever sits before its page. */
export const startProvider = async (hub: string) => {
  const employees = new Map<string, Employee>()
  let present = ''
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the provider listens on no port')
  const url = `http://127.0.0.1:${address.port}`

  const open = () =>
    new Provider(url, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [`${hub}/sign-in/callback`],
          post_logout_redirect_uris: [`${hub}/sign-in`],
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      jwks: { keys: [newKey()] },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ ...employees.get(id), sub: id }) }),
      features: { devInteractions: { enabled: false } },
      pkce: { required: () => true },
      scopes: ['openid', 'email', 'profile', 'groups'],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
      cookies: { keys: ['a key of the test'] },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
      interactions: { url: (_context, interaction) => `/let-in/${interaction.uid}` },
    })
  let provider = open()
  let handle = provider.callback()

  const letIn = async (...[request, response]: Parameters<typeof handle>): Promise<void> => {
    const { params, prompt } = await provider.interactionDetails(request, response)
    if (prompt.name === 'login')
      return provider.interactionFinished(request, response, { login: { accountId: present } })
    const grant = new provider.Grant({ accountId: present, clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    const consent = { grantId: await grant.save() }
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
  }
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/let-in/')) return void handle(request, response)
    letIn(request, response).catch((thrown: unknown) => response.writeHead(500).end(String(thrown)))
  })

  return {
    url,
    /** Who sits before its page from now on, and what the company knows of them. */
    seat: (id: string, employee: Employee): void => {
      present = id
      employees.set(id, employee)
    },
    /** Signs with another key from now on, and does not know the one before. */
    rotateKeys: (): void => {
      provider = open()
      handle = provider.callback()
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
