import { rmSync } from 'node:fs'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newFolder, startHub, type Hub } from '../hub/hub-process.ts'
import { ownerKeyOf, ownerOf, signIn } from './oauth-person.ts'
import { programsAt, refreshOf, type Grants, type Person } from './oauth-program.ts'

const data = newFolder()
let hub: Hub
let owner: Person
const { register, question, answer, letIn, me, statusOf, invite } = programsAt(() => hub)

beforeAll(async () => {
  hub = await startHub({ data })
  owner = await signIn(hub, await ownerOf(hub))
})

afterAll(async () => {
  await hub.stop()
  rmSync(data, { recursive: true, force: true })
})

describe('how it ends', () => {
  test('a refresh token is good once; used again, everything of that consent is dead', async () => {
    const program = await register()
    const { tokens } = await letIn(owner, program)
    const first = refreshOf(tokens)
    const next = await client.refreshTokenGrant(program, first)
    expect(refreshOf(next)).not.toBe(first)
    expect(await statusOf(next.access_token)).toBe(200)
    await expect(client.refreshTokenGrant(program, first)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await statusOf(next.access_token)).toBe(401)
    expect(await statusOf(tokens.access_token)).toBe(401)
    await expect(client.refreshTokenGrant(program, refreshOf(next))).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('of ten that use one refresh token at once, no two get tokens', async () => {
    const program = await register()
    const { tokens } = await letIn(owner, program)
    const refresh = () => client.refreshTokenGrant(program, refreshOf(tokens))
    const all = await Promise.allSettled(Array.from({ length: 10 }, refresh))
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
    expect(await statusOf(tokens.access_token)).toBe(401)
  })

  test('a code used twice ends what it gave', async () => {
    const program = await register()
    const { back, verifier, tokens } = await letIn(owner, program)
    const again = client.authorizationCodeGrant(program, back, { pkceCodeVerifier: verifier })
    await expect(again).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await statusOf(tokens.access_token)).toBe(401)
  })

  test('a person sees whom he let in, and lets it in no more: at once', async () => {
    const { person } = await invite('operator')
    const program = await register()
    const { tokens } = await letIn(person, program)
    const { body } = await person.json<Grants>('GET', '/v1/grants')
    expect(body.grants).toMatchObject([
      { client: 'A <b>program</b>', mode: 'test', scopes: ['leads.read', 'runs.read', 'runs.write'] },
    ])
    const path = `/v1/grants/${body.grants[0]?.id}`
    expect((await owner.json('DELETE', path)).status).toBe(404)
    expect((await hub.call('DELETE', path, { key: tokens.access_token })).status).toBe(401)
    expect((await hub.call('GET', '/v1/grants', { key: tokens.access_token })).status).toBe(401)
    expect(await statusOf(tokens.access_token)).toBe(200)
    expect((await person.json('DELETE', path)).status).toBe(204)
    expect(await statusOf(tokens.access_token)).toBe(401)
    await expect(client.refreshTokenGrant(program, refreshOf(tokens))).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await person.json<Grants>('GET', '/v1/grants')).body.grants).toEqual([])
  })

  test('a program gives its tokens back', async () => {
    const program = await register()
    const { tokens } = await letIn(owner, program)
    await client.tokenRevocation(program, refreshOf(tokens))
    expect(await statusOf(tokens.access_token)).toBe(401)
    await expect(client.refreshTokenGrant(program, refreshOf(tokens))).rejects.toMatchObject({ error: 'invalid_grant' })
    const { tokens: other } = await letIn(owner, program)
    await client.tokenRevocation(program, other.access_token)
    expect(await statusOf(other.access_token)).toBe(401)
  })

  test('nobody gives a program more than he may do himself, and a role that shrinks narrows it at once', async () => {
    const { person, id } = await invite('operator')
    const { tokens } = await letIn(person, await register(), { scope: 'leads keys.write runs.write' })
    expect(tokens.scope).toBe('leads runs.write')
    expect((await me(tokens.access_token)).body.permissions.toSorted()).toEqual(['leads.read', 'runs.write'])
    const roleOf = (role: string) => hub.call('PUT', `/v1/people/${id}`, { key: ownerKeyOf(hub), body: { role } })
    expect((await roleOf('analyst')).status).toBe(200)
    expect((await me(tokens.access_token)).body.permissions).toEqual(['leads.read'])
    // What was not shown when the person was asked is not given by a greater role, either.
    await roleOf('admin')
    expect((await me(tokens.access_token)).body.permissions.toSorted()).toEqual(['leads.read', 'runs.write'])
  })

  test('who may do none of it lets nobody in', async () => {
    const { person } = await invite('analyst')
    const { url } = await question(await register(), { scope: 'keys.write' })
    expect((await answer(person, url)).searchParams.get('error')).toBe('access_denied')
  })

  test('with a person who is out of the workspace his programs are, too', async () => {
    const { person, id } = await invite('operator')
    const program = await register()
    const { tokens } = await letIn(person, program)
    expect(await statusOf(tokens.access_token)).toBe(200)
    expect((await hub.call('DELETE', `/v1/people/${id}`, { key: ownerKeyOf(hub) })).status).toBe(204)
    expect(await statusOf(tokens.access_token)).toBe(401)
    await expect(client.refreshTokenGrant(program, refreshOf(tokens))).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})
