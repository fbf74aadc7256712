import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../hub-server/src/db/database.ts'
import { newFolder, startHub, type Hub } from '../../hub/hub-process.ts'
import { placesOf, unlisted, type Document, type Place } from '../requests/document.ts'

/** In everything that the first workspace keeps in mode live. */
const mark = 'Kennzeichen4711'

const otherKeys = { test: `ainow_test_${'o'.repeat(32)}`, live: `ainow_live_${'o'.repeat(32)}` }

let hub: Hub
let places: Place[]
let ids: string[]

beforeAll(async () => {
  const data = newFolder()
  const first = await startHub({ data })
  await first.stop()
  await addWorkspace(data)
  hub = await startHub({ data })
  const document = (await hub.call<Document>('GET', '/openapi.json')).body
  places = [...placesOf(document), ...unlisted]
  ids = await fill(hub)
})
afterAll(() => hub.stop())

/** One hub has one workspace yet; the second is made where it will stand. */
const addWorkspace = async (folder: string): Promise<void> => {
  const { db, close } = await openDatabase({ folder })
  const workspace = 'ws_other'
  await db.insertInto('workspace').values({ id: workspace, name: 'Another' }).execute()
  for (const mode of ['test', 'live'] as const) {
    const hash = createHash('sha256').update(otherKeys[mode]).digest('hex')
    await db
      .insertInto('api_key')
      .values({ id: `key_other_${mode}`, workspace, mode, hash, name: 'Other', revoked_at: null })
      .execute()
    await db.insertInto('budget').values({ workspace, mode, kind: 'day', key: '', most: null, day: null }).execute()
  }
  await close()
}

/** One thing of each kind, with the mark in it. */
const fill = async ({ call, keys }: Hub): Promise<string[]> => {
  const make = async (path: string, body: unknown): Promise<unknown> => {
    const { status, text } = await call('POST', path, { key: keys.live, body })
    expect(status, `${path}: ${text}`).toBeLessThan(300)
    return JSON.parse(text)
  }
  const made = [
    await make('/v1/connections', { connector: 'hunter', name: mark, fields: { apiKey: mark } }),
    await make('/v1/lists', { name: mark, items: [{ note: mark }] }),
    await make('/v1/pipelines', { name: mark, steps: [{ block: 'score-lead' }] }),
    await make('/v1/blocks/score-lead', { items: [{ note: mark }] }),
    await make('/v1/leads', { lead: { email: `${mark}@acme-labs.com`, fullName: mark } }),
    await make('/v1/suppression', {
      entries: [{ channel: 'email', value: 'nobody@acme-labs.com', reason: mark }],
    }),
  ]
  return [...new Set([...JSON.stringify(made).matchAll(/"id":"([^"]+)"/g)].map(([, id = '']) => id))]
}

/** Every way to name what there is at a place. */
const addressesOf = ({ path }: Place): string[] =>
  path.includes('{') ? ids.map((id) => path.replaceAll(/\{\w+\}/g, id)) : [path]

const isOpen = ({ operation }: Place): boolean => operation.security?.length === 0

interface Asked {
  readonly place: Place
  readonly address: string
  readonly status: number
  readonly text: string
}

/** All places in order, the deleting ones last, so that there is something to be seen until then. */
const askAll = async (key: string | undefined, wanted: (place: Place) => boolean): Promise<Asked[]> => {
  const asked: Asked[] = []
  const inOrder = places
    .filter(wanted)
    .toSorted((one, other) => Number(one.method === 'DELETE') - Number(other.method === 'DELETE'))
  for (const place of inOrder)
    for (const address of addressesOf(place)) {
      const body = place.operation.requestBody ? bodyFor(place) : undefined
      const { status, text } = await hub.call(place.method, address, { ...(key && { key }), body })
      asked.push({ place, address, status, text })
    }
  return asked
}

/** As right as can be, so that the key alone decides. */
const bodyFor = ({ path }: Place): unknown => {
  if (path.endsWith('/merge')) return { into: ids.find((id) => id.startsWith('lead')) ?? 'x' }
  if (path.includes('suppression')) return { entries: [{ channel: 'email', value: 'nobody@acme-labs.com' }] }
  if (path.startsWith('/v1/runs')) return { block: 'score-lead', list: ids.find((id) => id.startsWith('lst')) ?? 'x' }
  if (path.startsWith('/v1/pipelines')) return { name: 'x', steps: [{ block: 'score-lead' }] }
  return { items: [{}], async: true }
}

const briefly = ({ place, address, status, text }: Asked): string =>
  `${place.method} ${address} → ${status} ${text.slice(0, 200)}`

describe('without a key, or with one that is none', () => {
  test.for<[string, string | undefined]>([
    ['no key', undefined],
    ['a key of another hub', `ainow_live_${'A'.repeat(32)}`],
    ['half a key', 'ainow_live_'],
    ['what is no key', `Bearer'--`],
  ])('%s opens nothing that needs one', async ([, key]) => {
    const asked = await askAll(key, (place) => !isOpen(place))
    expect(asked.length).toBeGreaterThan(80)
    // After some twenty wrong ones it is not even looked at what comes from there.
    expect(asked.filter(({ status }) => status !== 401 && status !== 429).map(briefly)).toEqual([])
    const slowed = asked.filter(({ status }) => status === 429)
    expect(slowed.length > 0).toBe(key !== undefined)
  })

  test('what is open says nothing of anybody', async () => {
    const asked = await askAll(undefined, isOpen)
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.filter(({ text }) => text.includes(mark)).map(briefly)).toEqual([])
    const secrets = asked.filter(({ place }) => /callbacks|backup/.test(place.path))
    expect(secrets.length).toBeGreaterThan(1)
    expect(secrets.filter(({ status }) => status !== 403 && status !== 404).map(briefly)).toEqual([])
  })
})

describe('with a key of somebody else, nothing of another is seen, changed or taken away', () => {
  test.for<[string, () => string]>([
    ['of the other mode', () => hub.keys.test],
    ['of another workspace, in the same mode', () => otherKeys.live],
    ['of another workspace, in the other mode', () => otherKeys.test],
  ])('%s', async ([, keyOf]) => {
    const asked = await askAll(keyOf(), () => true)
    expect(asked.length).toBeGreaterThan(100)
    expect(asked.filter(({ text }) => text.includes(mark)).map(briefly)).toEqual([])
    const named = asked.filter(
      ({ place: { path, operation }, address }) =>
        path.includes('{') && operation.security?.length !== 0 && ids.some((id) => address.includes(id)),
    )
    // To act on what is somebody else's is refused; to forget an app that one has not is nothing.
    const done = named.filter(({ status, place }) => status < 400 && !place.path.startsWith('/v1/apps/'))
    expect(done.map(briefly)).toEqual([])
  })

  test('and all of it is there as before', async () => {
    const { call, keys } = hub
    for (const path of ['/v1/connections', '/v1/lists', '/v1/pipelines', '/v1/leads'])
      expect((await call('GET', path, { key: keys.live })).text, path).toContain(mark)
    expect((await call<{ open: boolean }>('GET', '/v1/budget', { key: keys.live })).body.open).toBe(true)
    const checked = await call('POST', '/v1/suppression/check', {
      key: keys.live,
      body: { entries: [{ channel: 'email', value: 'nobody@acme-labs.com' }] },
    })
    expect(checked.text).toContain(mark)
  })
})
