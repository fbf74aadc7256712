import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HubError, type ErrorKind } from '../contracts/errors.ts'
import { databaseForAll } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createConnections } from './connections.ts'
import { createKeyTest } from './key-test.ts'
import { createSealer } from './sealing.ts'
import type { VendorAuth } from './vendor-auth.ts'

const scope = { workspace: 'ws_1', mode: 'live' as const }

describe.each(testDatabases)('a key that is tried at the vendor, on $kind', ({ open }) => {
  const database = databaseForAll(open)

  const tested = async (kind: ErrorKind, consent = false) => {
    const connections = createConnections(database.db, createSealer([randomBytes(32)]))
    const { id } = await connections.create(scope, {
      connector: 'hunter',
      name: 'Mine',
      fields: { apiKey: 'k' },
      secretNames: ['apiKey'],
      consent,
    })
    const unused = () => Promise.reject(new Error('nobody connects here'))
    const vendor: VendorAuth = {
      connector: { id: 'hunter', name: 'Hunter' },
      usesPkce: false,
      authorizationUrl: unused,
      exchangeCode: unused,
      testKey: () => Promise.reject(new HubError(kind, 'What happened (ENOTFOUND).', { advice: 'What to do.' })),
    }
    return createKeyTest({ connections, openVendorAuth: () => Promise.resolve(vendor) })(scope, id)
  }

  it.each(['unavailable', 'timeout'] as const)('and finds nobody (%s) is kept untested, and says so', async (kind) => {
    const connection = await tested(kind)
    expect(connection).toMatchObject({
      status: 'untested',
      statusMessage: 'Hunter could not be reached: What happened. What to do.',
    })
    expect(connection.testedAt).toBeUndefined()
  })

  it.each(['rate_limited', 'quota_exceeded', 'bad_response', 'cancelled'] as const)(
    'and is not judged (%s) is kept untested',
    async (kind) => {
      expect(await tested(kind)).toMatchObject({
        status: 'untested',
        statusMessage: 'Hunter could not say whether it takes this account: What happened. What to do.',
      })
    },
  )

  it.each(['unauthorized', 'forbidden', 'not_found'] as const)('and is turned away (%s) is refused', async (kind) => {
    const connection = await tested(kind)
    expect(connection).toMatchObject({ status: 'refused', statusMessage: 'What happened (ENOTFOUND). What to do.' })
    expect(connection.testedAt).toBeDefined()
  })

  it('of an account that must be connected again stays so while nobody answers', async () => {
    expect(await tested('timeout', true)).toMatchObject({ status: 'needs_reconnect' })
  })
})
