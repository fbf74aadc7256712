import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  discoverOAuthServerInfo,
  exchangeAuthorization,
  extractWWWAuthenticateParams,
  refreshAuthorization,
  registerClient,
  startAuthorization,
} from '@modelcontextprotocol/sdk/client/auth.js'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newFolder, startHub, type Hub } from '../hub/hub-process.ts'
import { ownerOf, signIn, stranger } from './oauth-person.ts'
import { programsAt, redirectUri, refreshOf, type Person } from './oauth-program.ts'

const data = newFolder()
let hub: Hub
let owner: Person
const { register, question, locationOf, openQuestion, answer, letIn, me, statusOf } = programsAt(() => hub)

beforeAll(async () => {
  hub = await startHub({ data })
  owner = await signIn(hub, await ownerOf(hub))
})

afterAll(async () => {
  await hub.stop()
  rmSync(data, { recursive: true, force: true })
})

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

describe('the whole way', () => {
  test('a program is let in, and may do what was asked for and no more', async () => {
    const program = await register()
    const { tokens } = await letIn(owner, program)
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'leads.read runs' })
    const { status, body } = await me(tokens.access_token)
    expect(status).toBe(200)
    expect(body.permissions.toSorted()).toEqual(['leads.read', 'runs.read', 'runs.write'])
    expect(body).toMatchObject({ mode: 'test', person: { id: owner.session.person.id } })
    expect((await hub.call('GET', '/v1/keys', { key: tokens.access_token })).status).toBe(403)
    expect((await hub.call('POST', '/v1/token', { key: tokens.access_token, body: {} })).status).toBe(422)
    const there = { headers: { 'hub-workspace': 'wsp_other' }, key: tokens.access_token }
    expect((await hub.call('GET', '/v1/me', there)).status).toBe(403)
    // The library warns of settings that are not for use.
    expect(hub.output()).not.toContain('oidc-provider')
  })

  test('the mode that the person chose is the token’s', async () => {
    const program = await register()
    const { url, verifier } = await question(program)
    const back = await answer(owner, url, { mode: 'live' })
    const tokens = await client.authorizationCodeGrant(program, back, { pkceCodeVerifier: verifier })
    expect((await me(tokens.access_token)).body.mode).toBe('live')
  })

  test('without a scope a program is let read, and change nothing', async () => {
    const { tokens } = await letIn(owner, await register(), { scope: '' })
    const { body } = await me(tokens.access_token)
    expect(body.permissions).toContain('leads.read')
    expect(body.permissions.filter((one) => one.endsWith('.write'))).toEqual([])
  })

  test('an MCP client finds its way from a refusal, by its own SDK', async () => {
    const refused = await fetch(`${hub.url}/v1/me`)
    const { resourceMetadataUrl } = extractWWWAuthenticateParams(refused)
    const found = await discoverOAuthServerInfo(hub.url, { ...(resourceMetadataUrl && { resourceMetadataUrl }) })
    const server = found.authorizationServerUrl
    const metadata = found.authorizationServerMetadata
    if (!metadata) throw new Error('no metadata')
    expect(server).toBe(`${hub.url}/oauth`)
    const resource = found.resourceMetadata?.resource
    const clientMetadata = { client_name: 'MCP', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }
    const clientInformation = await registerClient(server, { metadata, clientMetadata })
    const { authorizationUrl, codeVerifier } = await startAuthorization(server, {
      metadata,
      clientInformation,
      redirectUrl: redirectUri,
      scope: 'leads',
      ...(resource !== undefined && { resource }),
    })
    const authorizationCode = (await answer(owner, authorizationUrl)).searchParams.get('code') ?? ''
    const shared = { metadata, clientInformation, ...(resource !== undefined && { resource }) }
    const tokens = await exchangeAuthorization(server, { ...shared, authorizationCode, codeVerifier, redirectUri })
    expect((await me(tokens.access_token)).body.permissions).toContain('leads.write')
    const again = await refreshAuthorization(server, { ...shared, refreshToken: tokens.refresh_token ?? '' })
    expect(await statusOf(again.access_token)).toBe(200)
  })

  test('a program’s page in a browser may ask, and is lent no cookie', async () => {
    for (const path of ['/oauth/token', '/oauth/register', '/.well-known/oauth-authorization-server/oauth']) {
      const origin = 'https://program.example'
      const headers = { origin, 'access-control-request-method': 'POST', 'sec-fetch-site': 'cross-site' }
      const preflight = await fetch(`${hub.url}${path}`, { method: 'OPTIONS', headers })
      expect(preflight.headers.get('access-control-allow-origin'), path).toBe('*')
      expect(preflight.headers.get('access-control-allow-credentials'), path).toBeNull()
    }
    const registered = await fetch(`${hub.url}/oauth/register`, {
      method: 'POST',
      headers: {
        origin: 'https://program.example',
        'sec-fetch-site': 'cross-site',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ redirect_uris: ['https://program.example/back'] }),
    })
    expect(registered.status).toBe(201)
    expect(registered.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('all of it is there after the hub was started again', async () => {
    const program = await register()
    const { tokens } = await letIn(owner, program)
    const open = await question(program)
    const asked = await openQuestion(owner, open.url)
    const { port } = new URL(hub.url)
    await hub.stop()
    // Of what was given out nothing stands in the data folder: who reads it finds no token.
    const secrets = [tokens.access_token, refreshOf(tokens)]
    expect(filesIn(data).filter((file) => secrets.some((secret) => readFileSync(file).includes(secret)))).toEqual([])
    hub = await startHub({ data, port: Number(port) })
    expect(await statusOf(tokens.access_token)).toBe(200)
    const workspace = owner.session.workspaces[0]?.id ?? ''
    const form = { csrf: asked.csrf, workspace, mode: 'test', decision: 'allow' }
    const back = locationOf(await owner.get(locationOf(await owner.post(asked.page, form))))
    const checks = { pkceCodeVerifier: open.verifier }
    const later = await client.authorizationCodeGrant(program, new URL(back), checks)
    expect(await statusOf(later.access_token)).toBe(200)
    const again = await client.refreshTokenGrant(program, refreshOf(tokens))
    expect(await statusOf(again.access_token)).toBe(200)
  })
})

describe('what is refused', () => {
  test('a question without PKCE, or with a verifier sent in the clear', async () => {
    const program = await register()
    for (const [name, value] of [
      ['code_challenge', ''],
      ['code_challenge_method', 'plain'],
    ]) {
      const { url } = await question(program, { [String(name)]: String(value) })
      const back = new URL(locationOf(await owner.get(url.href)))
      expect(back.searchParams.get('error')).toBe('invalid_request')
    }
  })

  test('a code with another’s verifier', async () => {
    const program = await register()
    const { url } = await question(program)
    const back = await answer(owner, url)
    const wrong = { pkceCodeVerifier: client.randomPKCECodeVerifier() }
    await expect(client.authorizationCodeGrant(program, back, wrong)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('a redirect that was not registered, and one that is neither https nor loopback', async () => {
    const program = await register(['https://program.example/back'])
    for (const uri of ['https://program.example/back/', 'https://program.example.evil.example/back', redirectUri]) {
      const { url } = await question(program, { redirect_uri: uri })
      expect((await owner.get(url.href)).status, uri).toBe(400)
    }
    for (const uri of ['http://program.example/back', 'javascript:alert(1)', 'cursor://back', 'https://u@x.example/'])
      await expect(register([uri]), uri).rejects.toThrow()
  })

  test('a client that wants an address fetched, or tokens by another way', async () => {
    const asked = { redirect_uris: [redirectUri] }
    const wishes = [
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'http://127.0.0.1:1/' },
      { sector_identifier_uri: 'https://127.0.0.1:1/', subject_type: 'public' },
      { grant_types: ['implicit'], response_types: ['token'] },
      { grant_types: ['client_credentials'], response_types: [] },
    ]
    for (const wish of wishes) {
      const { status } = await hub.call('POST', '/oauth/register', { body: { ...asked, ...wish } })
      expect(status, JSON.stringify(wish)).toBe(400)
    }
  })

  test('a token for somebody else’s server', async () => {
    const { url } = await question(await register(), { resource: 'https://elsewhere.example/' })
    expect(new URL(locationOf(await owner.get(url.href))).searchParams.get('error')).toBe('invalid_target')
  })

  test('an answer that the page did not send', async () => {
    const { url } = await question(await register())
    const { page, csrf } = await openQuestion(owner, url)
    const form = { workspace: owner.session.workspaces[0]?.id ?? '', mode: 'test', decision: 'allow' }
    expect((await owner.post(page, form)).status).toBe(403)
    expect((await owner.post(page, { ...form, csrf: owner.session.csrf.slice(1) })).status).toBe(403)
    const elsewhere = { origin: 'https://evil.example' }
    expect((await owner.post(page, { ...form, csrf }, elsewhere)).status).toBe(403)
    expect((await owner.post(page, { ...form, csrf, workspace: 'wsp_other' })).status).toBe(400)
    expect((await owner.post(page, { ...form, csrf })).status).toBe(303)
  })

  test('whoever has not signed in is sent to do so, and another browser is shown nothing', async () => {
    const { url } = await question(await register())
    const nobody = stranger(hub)
    const page = locationOf(await nobody.get(url.href))
    const to = new URL(locationOf(await nobody.get(page)))
    expect(to.pathname).toBe('/sign-in')
    expect(to.searchParams.get('next')).toBe(new URL(page).pathname)
    expect((await owner.get(page)).status).toBe(400)
  })

  test('a person who refuses says so to the program', async () => {
    const { url } = await question(await register(), { state: 'kept' })
    const back = await answer(owner, url, { decision: 'refuse' })
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(back.searchParams.get('state')).toBe('kept')
  })

  test('the page runs no script, stands in no frame, and shows a program’s name as text', async () => {
    const { shown, html } = await openQuestion(owner, (await question(await register())).url)
    const policy = shown.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("form-action 'self' http://127.0.0.1:7777")
    expect(policy).not.toContain('script-src')
    expect(shown.headers.get('x-frame-options')).toBe('DENY')
    expect(html).toContain('A &lt;b&gt;program&lt;/b&gt;')
    expect(html).toContain('<strong>127.0.0.1:7777</strong>')
    expect(html).toContain('See leads and lists')
  })
})
