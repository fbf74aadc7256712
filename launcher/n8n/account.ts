import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { askJson } from '../json-request.ts'
import { Problem, textOf } from '../problem.ts'

/** n8n's owner and the key of its public API, as kept in `<data>/n8n-account.json`. */
export type Account = { email: string; password: string; apiKey?: string }

const email = 'owner@hub.example'

/** What the launcher does through n8n's public API, and no more. */
const scopes = [
  ...['create', 'read', 'update', 'list', 'activate', 'deactivate'].map((verb) => `workflow:${verb}`),
  ...['create', 'update', 'list'].map((verb) => `credential:${verb}`),
  ...['read', 'list'].map((verb) => `execution:${verb}`),
]

/**
 * Makes n8n's owner and an API key at the first start and finds them at later ones.
 * @throws Problem when n8n has an owner whose password is not the one kept
 */
export async function ensureAccount(file: string, address: string): Promise<Required<Account>> {
  const { body: settings } = await askJson<Settings>('Reading the settings of n8n', `${address}/rest/settings`)
  const hasOwner = !settings.data.userManagement.showSetupOnFirstLoad
  const kept = read(file)
  if (hasOwner && kept?.apiKey !== undefined && (await isAccepted(address, kept.apiKey)))
    return { ...kept, apiKey: kept.apiKey }
  if (hasOwner && kept === undefined) {
    throw new Problem(`n8n has an owner already, but ${file} is missing, so the launcher cannot sign in.`)
  }
  // Written before it is used: a stop in between must not lose the password.
  const account = kept ?? { email, password: newPassword() }
  write(file, account)
  if (!hasOwner) {
    await askJson('Creating the owner of n8n', `${address}/rest/owner/setup`, {
      method: 'POST',
      body: { email: account.email, firstName: 'Hub', lastName: 'Owner', password: account.password },
    })
  }
  const complete = { ...account, apiKey: await createApiKey(file, address, account) }
  write(file, complete)
  return complete
}

type Settings = { data: { userManagement: { showSetupOnFirstLoad: boolean } } }

/** Whether n8n still knows the key: the user may have deleted it on n8n's page of API keys. */
async function isAccepted(address: string, apiKey: string): Promise<boolean> {
  const answer = await fetch(`${address}/api/v1/credentials?limit=1`, { headers: { 'X-N8N-API-KEY': apiKey } })
  await answer.arrayBuffer()
  return answer.status !== 401
}

/** n8n asks for 8 characters or more, with a digit and a capital letter. */
function newPassword(): string {
  return `${randomBytes(12).toString('base64url')}-A1`
}

async function createApiKey(file: string, address: string, account: Account): Promise<string> {
  // n8n binds a session to the browser that opened it, by this header.
  const browser = { 'browser-id': randomUUID() }
  const login = { emailOrLdapLoginId: account.email, password: account.password }
  const signedIn = await askJson('Signing in to n8n', `${address}/rest/login`, {
    method: 'POST',
    headers: browser,
    body: login,
  }).catch((error) => {
    throw new Problem(`${textOf(error)}\nIf you changed the password in n8n, write the new one into ${file}.`)
  })
  const cookie = signedIn.cookies.map((line) => line.split(';')[0]).join('; ')
  // Labels are unique in n8n; a key whose value was lost may still be there.
  const body = { label: `hub launcher ${new Date().toISOString()}`, expiresAt: null, scopes }
  const created = await askJson<{ data: { rawApiKey: string } }>(
    'Creating an API key of n8n',
    `${address}/rest/api-keys`,
    {
      method: 'POST',
      headers: { ...browser, cookie },
      body,
    },
  )
  return created.body.data.rawApiKey
}

function read(file: string): Account | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function write(file: string, account: Account): void {
  writeFileSync(file, `${JSON.stringify(account, null, 2)}\n`, { mode: 0o600 })
}
