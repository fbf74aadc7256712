import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadConnectors } from './load/loadConnectors.ts'
import { fixture } from './testing/play.ts'
import { groundOf } from './whose-answer.ts'

const { connectors } = await loadConnectors({ builtIn: fileURLToPath(new URL('../../connectors', import.meta.url)) })
const ground = (id: string, operation: string) =>
  groundOf(connectors.get(id) ?? expect.fail(`There is no ${id}.`), operation)

it.each([
  ['the address of a server', 'reacher', 'verifyEmail'],
  ['one of several servers', 'openai', 'completeText'],
  ['a region', 'kickbox', 'verifyEmail'],
  ['a file', 'maxmind', 'locateIp'],
  ['what the operation names of it', 'clay', 'enrichPerson'],
  ['its own records', 'hubspot', 'searchRecords.contact'],
  ['its own rows', 'google-sheets', 'readRows'],
  ['its own forms', 'linkedin', 'listFormResponses'],
  ['a server that its token names', 'salesforce', 'readRecords.company'],
])('an answer is the account’s own by %s: %s', (_why, id, operation) => {
  expect(ground(id, operation).isOfAccount).toBe(true)
})

it.each([
  ['zerobounce', 'verifyEmail'],
  ['neverbounce', 'verifyEmail'],
  ['hunter', 'findEmail'],
  ['apollo', 'enrichPerson'],
  ['people-data-labs', 'searchPeople'],
  ['clearout', 'verifyEmail'],
  ['zenrows', 'scrapePage'],
])('%s answers every account the same: %s', (id, operation) => {
  expect(ground(id, operation)).toEqual({ isOfAccount: false })
})

it('a field that is no secret and goes with every request chooses something', async () => {
  const plain = await fixture('jobs')
  const { auth } = plain.manifest
  const withTenant = (secret: boolean) => ({
    ...plain,
    manifest: {
      ...plain.manifest,
      auth: {
        fields: { ...auth.fields, tenant: { label: 'Tenant', secret } },
        send: { ...auth.send, headers: { 'x-tenant': '=tenant' } },
      },
    },
  })
  expect(groundOf(plain, 'verifyEmail').isOfAccount).toBe(false)
  expect(groundOf(withTenant(false), 'verifyEmail').isOfAccount).toBe(true)
  expect(groundOf(withTenant(true), 'verifyEmail').isOfAccount).toBe(false)
})

it('another description of a user’s own operation is another ground, other words about it are not', async () => {
  const own = { ...(await fixture('jobs')), builtIn: false }
  const renamed = { ...own, manifest: { ...own.manifest, name: 'Other', description: 'Other words' } }
  const elsewhere = { ...own, manifest: { ...own.manifest, servers: { default: 'https://other.example' } } }
  expect(groundOf(renamed, 'verifyEmail')).toEqual(groundOf(own, 'verifyEmail'))
  expect(groundOf(elsewhere, 'verifyEmail')).not.toEqual(groundOf(own, 'verifyEmail'))
  expect(groundOf(own, 'verifyEmail')).not.toEqual(groundOf(own, 'enrichPerson'))
})
