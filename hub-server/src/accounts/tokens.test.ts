import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createConnections } from './connections.ts'
import { createSealer } from './sealing.ts'
import type { StoredToken } from '../contracts/token.ts'
import { databaseForEach } from '../db/testing/database-for.ts'
import { testDatabases } from '../db/testing/databases.ts'
import { createTokens } from './tokens.ts'

const scope = { workspace: 'ws_1', mode: 'live' as const }
const processes = 4

describe.each(testDatabases)('tokens of a connection, on $kind', ({ open }) => {
  const database = databaseForEach(open)

  const start = async () => {
    const connections = createConnections(database.db, createSealer([randomBytes(32)]))
    const { id } = await connections.create(scope, { connector: 'x', name: 'x', fields: {}, secretNames: [] })
    const stores = Array.from({ length: processes }, () => createTokens(connections)(scope, id, true))
    const renewAll = (make: (old: StoredToken | null) => Promise<StoredToken>) =>
      Promise.allSettled(
        Array.from(
          { length: 20 },
          (_, index) => stores[index % processes]?.renew(make) ?? Promise.reject(new Error('no store')),
        ),
      )
    return { connections, id, stores, renewAll }
  }
  const underWay = async () =>
    (await database.db.selectFrom('connection').selectAll().where('renewing_until', 'is not', null).execute()).length

  /** As the engine asks: what somebody has renewed meanwhile is taken as it is. */
  const maker = (refused: string | null, log: string[]) => async (old: StoredToken | null) => {
    if (old && old.access !== refused) return old
    log.push(`renewed after ${old?.access}`)
    await pause(300)
    return { access: `new ${log.length}`, refresh: 'r' }
  }

  it('are renewed once, however many ask in however many processes, and all get the new one', async () => {
    const { stores, renewAll } = await start()
    const log: string[] = []
    const first = await renewAll(maker(null, log))
    expect(log).toEqual(['renewed after undefined'])
    expect(first.map((each) => each.status === 'fulfilled' && each.value.access)).toEqual(Array(20).fill('new 1'))
    const second = await renewAll(maker('new 1', log))
    expect(log).toEqual(['renewed after undefined', 'renewed after new 1'])
    expect(second.map((each) => each.status === 'fulfilled' && each.value.access)).toEqual(Array(20).fill('new 2'))
    expect(await stores[0]?.get()).toEqual({ access: 'new 2', refresh: 'r' })
    expect(await underWay()).toBe(0)
  })

  it('of the sandbox’s own accounts begin with a refresh token, for nobody connects those by hand', async () => {
    const store = createTokens(createConnections(database.db, createSealer([randomBytes(32)])))(
      scope,
      'sandbox-x',
      false,
    )
    expect(await store.get()).toBeNull()
    expect(await store.renew(async (old) => ({ access: `by ${old?.refresh}` }))).toEqual({ access: 'by sandbox' })
    expect(await store.get()).toEqual({ access: 'by sandbox' })
  })

  it('are renewed by the next when the first fails, who is told', async () => {
    const { renewAll } = await start()
    let tries = 0
    const results = await renewAll(async (old) => {
      if (old) return old
      tries++
      await pause(100)
      if (tries === 1) throw new Error('the vendor is down')
      return { access: 'second' }
    })
    expect(tries).toBe(2)
    // Five callers share each process's renewal.
    expect(results.filter(({ status }) => status === 'rejected').length).toBe(5)
    expect(results.flatMap((each) => (each.status === 'fulfilled' ? [each.value.access] : []))).toEqual(
      Array(15).fill('second'),
    )
    expect(await underWay()).toBe(0)
  })

  it('are renewed by another process when the one that began died', async () => {
    const { connections, id, stores } = await start()
    const lease = await connections.beginRenewal(scope, id)
    expect(await connections.beginRenewal(scope, id)).toBeNull()
    let asked = 0
    const work = stores[0]?.renew(() => Promise.resolve({ access: `mine ${++asked}` }))
    await pause(500)
    expect(asked).toBe(0)
    await sql`update connection set renewing_until = now() - interval '1 second'`.execute(database.db)
    expect(await work).toEqual({ access: 'mine 1' })
    // It was only slow: its right is gone, and the newer token stays.
    await connections.saveToken(scope, id, '{"access":"late"}', lease ?? '')
    expect(await stores[1]?.get()).toEqual({ access: 'mine 1' })
  })

  it('do not end the renewal of another who took over', async () => {
    const { connections, id } = await start()
    const slow = await connections.beginRenewal(scope, id)
    await sql`update connection set renewing_until = now() - interval '1 second'`.execute(database.db)
    expect(await connections.beginRenewal(scope, id)).not.toBeNull()
    await connections.endRenewal(scope, id, slow ?? '')
    expect(await underWay()).toBe(1)
  })

  it('are not those of the account that stood there before', async () => {
    const { connections, id, stores } = await start()
    const work = stores[0]?.renew(async () => {
      await connections.replace(scope, id, { connector: 'x', name: 'x', fields: {}, secretNames: [] })
      return { access: 'of the old account' }
    })
    await work
    expect(await stores[1]?.get()).toBeNull()
  })
})
