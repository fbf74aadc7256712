import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../index.ts'
import { ask, type Reply } from '../testing/ask.ts'
import { createSlots } from './slots.ts'

const endless = '($again := function($n) { $again($n + 1) }; $again(0))'
const file = (routes: string): string => `
format: 1
auth: { key: [query.key] }
routes:
  - { post: /contacts, free: true, let: { made: "=$put('contact', $body)" }, status: 201, json: { id: =$made.id } }
  - { get: /contacts, free: true, json: { list: [ "=$find('contact', {'email': $query.email})" ] } }
  - { get: /people, json: { name: =$person($query.email).fullName, at: =$now() }, charge: 1 }
${routes}`
const evil = `
  - { get: /endless, json: "=${endless}" }
  - { get: /back, json: '=$contains("${'a'.repeat(40)}!", /^(a+)+$/)' }
  - { get: /hog, json: "=($grow := function($l) { $grow($append($l, $l)) }; $grow([1..1000]))" }
  - { get: /long, text: "=$join($map([1..200000], function($n) { 'the same words again' }))" }
  - { get: /status, status: "='ok'", json: {} }
  - { get: /header, headers: { X-A: "='a\\r\\nX-B: b'" }, json: {} }
  - { get: "/{a*}{b*}{c*}{d*}{e*}{f*}{g*}{h*}x", json: {} }
`

let folder = ''
let sandbox: Sandbox
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-own-'))
  for (const [id, content] of [
    ['acme', file(evil)],
    ['calm', file('')],
    ['bomb', `a: &a [x,x]\nb: &b [${'*a,'.repeat(200)}]`],
  ] as const) {
    mkdirSync(join(folder, id))
    writeFileSync(join(folder, id, 'sandbox.yaml'), content)
  }
  sandbox = await startSandbox({ connectorsDir: join(folder, 'none'), own: [folder] })
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

const get = (id: string, path: string): Promise<Reply> =>
  ask(`${sandbox.vendorBase(id, 'default')}${path}${path.includes('?') ? '&' : '?'}key=k`)
const post = (id: string, body: unknown): Promise<Reply> =>
  ask(`${sandbox.vendorBase(id, 'default')}/contacts?key=k`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const sent = body === undefined ? undefined : JSON.stringify(body)
  return JSON.parse((await ask(`${sandbox.url}/_sandbox/${path}`, { method, body: sent })).text)
}

describe('a user’s vendor', () => {
  test('answers as one of ours: about the population, with records, counts, clock and control', async () => {
    const email = sandbox.population.emailOf(1)
    expect(JSON.parse((await get('calm', `/people?email=${email}`)).text)).toMatchObject({
      name: sandbox.population.findPerson({ email })?.fullName,
    })
    expect((await post('calm', { email: 'a@x.example' })).status).toBe(201)
    expect(await control('GET', 'records/calm?object=contact')).toMatchObject({
      records: [{ account: 'k', id: '1001', fields: { email: 'a@x.example' } }],
    })
    await control('POST', 'edit?connector=calm&object=contact&id=1001', { name: 'Ada' })
    expect((await get('calm', '/contacts?email=a@x.example')).text).toContain('"name":"Ada"')
    expect(await control('POST', 'drop?connector=calm&object=contact&id=1001')).toEqual({ dropped: true })
    expect(await control('POST', 'drop?connector=calm&object=contact&id=1001')).toMatchObject({
      sandbox: 'There is no contact 1001.',
    })
    expect(await control('GET', 'counts')).toMatchObject({ calm: { k: { 'GET /people': { calls: 1, charges: 1 } } } })
    await control('POST', 'clock', { advance: 86_400_000 })
    const { at }: { at: string } = JSON.parse((await get('calm', `/people?email=${email}`)).text)
    expect(Date.parse(at)).toBeGreaterThan(Date.now() + 80_000_000)
    await control('POST', 'reset')
    expect(await control('GET', 'counts')).toEqual({})
  })

  test.each([
    ['/endless', /took longer than 2000 ms and was stopped/],
    ['/back', /took longer than 2000 ms and was stopped/],
    [`/${'a'.repeat(2_000)}`, /took longer than 2000 ms and was stopped/],
    ['/hog', /took (more than 96 MB|longer than 2000 ms) and was stopped/],
  ])('%s fails alone, and others are answered meanwhile', async (path, message) => {
    await post('calm', { email: 'kept@x.example' })
    let isOver = false
    const failing = get('acme', path).finally(() => {
      isOver = true
    })
    let meanwhile = 0
    while (!isOver) {
      expect((await ask(`${sandbox.url}/_sandbox/about`)).status).toBe(200)
      meanwhile++
    }
    const { status, text } = await failing
    expect(status).toBe(500)
    expect(text).toMatch(message)
    expect(meanwhile).toBeGreaterThan(1)
    expect((await get('calm', '/contacts?email=kept@x.example')).text).toContain('kept@x.example')
    expect((await get('acme', '/contacts')).status).toBe(200)
  })

  test.each([
    ['/long', /answers more than 2 MB/],
    ['/status', /HTTP has no status NaN/],
    ['/header', /HTTP has no such header/],
  ])('%s is no answer of HTTP’s, and is told of', async (path, message) => {
    const { status, text } = await get('acme', path)
    expect(status).toBe(500)
    expect(text).toMatch(message)
  })

  test('whose file is a bomb says so', async () => {
    const { status, text } = await get('bomb', '/contacts')
    expect(status).toBe(400)
    expect(text).toMatch(/bomb\/sandbox\.yaml cannot be read/)
  })
})

test('a place is given to who waits, of those that rest the longest first', async () => {
  const slots = createSlots(2)
  const ended: string[] = []
  const begin = async (name: string): Promise<() => void> => {
    await slots.take()
    const end = (): void => {
      ended.push(name)
      slots.give(end)
    }
    return end
  }
  const one = await begin('one')
  const two = await begin('two')
  let isThird = false
  const third = begin('three').then(() => {
    isThird = true
  })
  await Promise.resolve()
  expect(isThird).toBe(false)
  slots.rest(two)
  await third
  expect(ended).toEqual(['two'])
  slots.rest(one)
  await begin('four')
  expect(ended).toEqual(['two', 'one'])
})
