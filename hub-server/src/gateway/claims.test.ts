import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases } from '../db/testing/databases.ts'
import { distributedMutex } from './distributed-mutex.ts'
import { createAnswerCache } from './answer-cache.ts'
import { askClaimed } from './asking/ask-claimed.ts'
import { createClaims, type Claims } from './claims.ts'
import { createProcessRegistry } from './process-registry.ts'

const place = { workspace: 'ws_1', mode: 'test' as const, connector: 'hunter', operation: 'verifyEmail' }
const keys = ['a', 'b', 'c']

describe.each(testDatabases.filter(({ kind }) => kind === 'postgres'))(
  'what several processes ask at once, on $kind',
  ({ open }) => {
    let database: Awaited<ReturnType<typeof open>>
    let claims: Claims[]
    beforeEach(async () => {
      database = await open()
      claims = ['one', 'two'].map((holder) => createClaims(database.db, holder))
    })
    afterEach(() => database.remove())

    /** One process: asks a vendor that counts what it is asked, and keeps the answers. */
    const processOf =
      (own: Claims | undefined, vendor: (keys: readonly string[]) => Promise<Map<string, string>>) =>
      async (wanted: readonly string[]) => {
        if (!own) throw new Error('no such process')
        const answers = createAnswerCache(database.db)
        const found = new Map<string, string>()
        await askClaimed(
          {
            claims: own,
            place,
            read: async (some) =>
              new Map([...(await answers.read(place, some, 1))].map(([key, { outputs }]) => [key, String(outputs[0])])),
            ask: async (some) => {
              const told = await vendor(some)
              await Promise.all(
                [...told].map(([key, output]) =>
                  answers.keep(
                    place,
                    { key, outputs: [output], reason: null, raw: null, ledger: null, price: null, at: new Date() },
                    1,
                  ),
                ),
              )
              return told
            },
            land: (key, answer) => {
              if (found.has(key)) throw new Error(`${key} landed twice`)
              found.set(key, answer)
            },
            sleep: () => pause(150),
          },
          wanted,
        )
        return Object.fromEntries(found)
      }

    const underWay = async () => (await database.db.selectFrom('claim').selectAll().execute()).length

    it('is asked once, and all get the answer', async () => {
      const asked: string[] = []
      const vendor = async (some: readonly string[]) => {
        asked.push(...some)
        await pause(300)
        return new Map(some.map((key) => [key, `answer ${key}`]))
      }
      const results = await Promise.all([
        processOf(claims[0], vendor)(keys),
        processOf(claims[1], vendor)([...keys, 'd']),
        processOf(claims[1], vendor)(['e']),
      ])
      expect(asked.sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
      expect(results).toEqual([
        { a: 'answer a', b: 'answer b', c: 'answer c' },
        { a: 'answer a', b: 'answer b', c: 'answer c', d: 'answer d' },
        { e: 'answer e' },
      ])
      expect(await underWay()).toBe(0)
    })

    it('done alone is never done by two at once, and by all in the end', async () => {
      const under: string[] = []
      const done: string[] = []
      const work = (who: string) => async () => {
        under.push(who)
        expect(under).toEqual([who])
        await pause(30)
        done.push(who)
        under.pop()
        if (who === 'b1') throw new Error('it failed')
      }
      const of = (own: Claims | undefined, name: string, who = name) =>
        own && distributedMutex(own, place, (ms) => pause(ms))(name, work(who))
      const [one, two] = claims
      await Promise.all([of(one, 'a'), of(two, 'a')])
      const outcomes = await Promise.allSettled([of(one, 'b', 'b1'), of(two, 'b', 'b2')])
      expect(done.sort()).toEqual(['a', 'a', 'b1', 'b2'])
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
      expect(await underWay()).toBe(0)
    })

    it('is asked once also when many claim overlapping questions in many orders', async () => {
      const asked: string[] = []
      const vendor = async (some: readonly string[]) => {
        asked.push(...some)
        return new Map(some.map((key) => [key, key]))
      }
      const many = Array.from({ length: 200 }, (_, index) => `key ${(index * 7919) % 200}`)
      const lists = [many, [...many].reverse(), many.slice(50, 150), [...many].sort()]
      const holders = lists.map((_, index) => createClaims(database.db, `holder ${index}`))
      await Promise.all(lists.map((list, index) => processOf(holders[index], vendor)(list)))
      expect(asked.length).toBe(200)
      expect(await underWay()).toBe(0)
    })

    it('is asked by the next when the first fails', async () => {
      const failed = processOf(claims[0], async () => {
        await pause(300)
        throw new Error('no network here')
      })(keys)
      while ((await underWay()) === 0) await pause(10)
      const second = processOf(claims[1], (some) => Promise.resolve(new Map(some.map((key) => [key, 'second']))))(keys)
      await expect(failed).rejects.toThrow('no network here')
      expect(await second).toEqual({ a: 'second', b: 'second', c: 'second' })
    })

    it('is taken over when its holder died, but not before its claim has ended', async () => {
      expect(await claims[0]?.claim(place, keys)).toEqual(keys)
      let asked = false
      const second = processOf(claims[1], (some) => {
        asked = true
        return Promise.resolve(new Map(some.map((key) => [key, 'second'])))
      })(keys)
      await pause(500)
      expect(asked).toBe(false)
      await sql`update claim set until = now() - interval '1 second'`.execute(database.db)
      expect(await second).toEqual({ a: 'second', b: 'second', c: 'second' })
      // The first was only slow: what is no longer its own it does not end.
      await claims[1]?.claim(place, ['a'])
      await claims[0]?.release(place, keys)
      expect(await underWay()).toBe(1)
    })

    it('lasts as long as its holder lives, and no longer', async () => {
      const one = await createProcessRegistry(database.db, { id: 'one', role: 'worker' })
      await claims[0]?.claim(place, ['a'])
      await sql`update claim set until = now() - interval '1 second'`.execute(database.db)
      expect(await claims[1]?.claim(place, ['a'])).toEqual([])
      expect(await claims[1]?.free(place, ['a'])).toEqual([])
      await sql`update process set seen_at = now() - interval '21 seconds'`.execute(database.db)
      expect(await claims[1]?.free(place, ['a'])).toEqual(['a'])
      expect(await claims[1]?.claim(place, ['a'])).toEqual(['a'])
      await one.stop()
    })

    it('is not asked without a claim: an outage of the database is an error', async () => {
      await sql`alter table claim rename to away`.execute(database.db)
      let asked = false
      const work = processOf(claims[0], (some) => {
        asked = true
        return Promise.resolve(new Map(some.map((key) => [key, 'x'])))
      })(keys)
      await expect(work).rejects.toMatchObject({ kind: 'unavailable' })
      expect(asked).toBe(false)
    })
  },
)
