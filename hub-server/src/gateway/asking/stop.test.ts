import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findEmail } from '../../capabilities/findEmail.ts'
import { searchPeople } from '../../capabilities/searchPeople.ts'
import { verifyEmail } from '../../capabilities/verifyEmail.ts'
import { loadConnectors, type Connector } from '../../connectors/index.ts'
import { HubError } from '../../contracts/errors.ts'
import { databaseForAll } from '../../db/testing/database-for.ts'
import { anyDatabase } from '../../db/testing/databases.ts'
import { createSemaphores } from '../semaphores.ts'
import { askingFor } from '../testing/asking-for.ts'
import { gatewayOn } from '../testing/gatewayOn.ts'
import { openBudget } from '../testing/open-budget.ts'
import { serveForAll } from '../testing/serve-for-all.ts'
import { unlessStopped } from './unless-stopped.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const json = (response: ServerResponse, body: unknown) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))

describe('what is stopped', () => {
  /** Vendors, by the connector's name in the address; each test says what they answer. */
  const answers = new Map<string, (response: ServerResponse) => void>()
  const calls: string[] = []
  const vendors = serveForAll((request, response) => {
    const connector = request.url?.split('/')[1] ?? ''
    calls.push(connector)
    request.resume().on('end', () => answers.get(connector)?.(response))
  })
  const database = databaseForAll(anyDatabase.open)
  let connectors: ReadonlyMap<string, Connector>
  beforeAll(async () => {
    await openBudget(database.db, scope, 'day')
    ;({ connectors } = await loadConnectors({
      builtIn: fileURLToPath(new URL('../../../connectors', import.meta.url)),
    }))
  })
  beforeEach(() => {
    calls.length = 0
    answers.clear()
  })

  let runs = 0
  const start = () => {
    const clock = { now: () => Date.now(), sleep: () => pause(1) }
    const vendorBase = (connector: string) => `${vendors.url}/${connector}`
    const { gateway } = gatewayOn(database.db, { connectors, clock, vendorBase })
    const run = () => {
      const id = `run_stop_${runs++}`
      const stopping = new AbortController()
      const asking = askingFor({ scope, run: id, stop: stopping.signal, nameOf: (item) => `${id}/0/${item}` })
      return { asking, stop: () => stopping.abort() }
    }
    return { gateway, run }
  }

  it('does not wait for another run’s call, which goes on', async () => {
    const held: ServerResponse[] = []
    answers.set('zerobounce', (response) => void held.push(response))
    const { gateway, run } = start()
    const [theirs, ours] = [run(), run()]
    const ask = ({ asking }: typeof ours) =>
      gateway.ask(asking, verifyEmail, [{ email: 'held@acme.example' }], { providers: ['zerobounce'] })
    const theirAnswer = ask(theirs)
    await expect.poll(() => held.length).toBe(1)
    const ourAnswer = ask(ours)
    // Until it waits for the other's answer, which takes it no call.
    await pause(50)
    ours.stop()
    expect(await ourAnswer).toMatchObject([{ status: 'failed', error: { kind: 'cancelled' } }])
    expect(calls).toEqual(['zerobounce'])
    for (const response of held)
      json(response, {
        address: 'held@acme.example',
        status: 'valid',
        sub_status: '',
        free_email: false,
        did_you_mean: null,
      })
    expect(await theirAnswer).toMatchObject([{ status: 'done', outputs: [{ status: 'deliverable' }] }])
  })

  it('before the next service was asked is no miss of the first one', async () => {
    const { gateway, run } = start()
    const ours = run()
    answers.set('hunter', (response) => {
      ours.stop()
      json(response, { data: { email: null, score: null, sources: [] }, meta: {} })
    })
    const inputs = [{ fullName: 'Ann Smith', domain: 'acme.example' }]
    const options = { providers: ['hunter', 'skrapp'], items: [0] }
    expect(await gateway.ask(ours.asking, findEmail, inputs, options)).toMatchObject([
      { status: 'failed', outputs: [], error: { kind: 'cancelled' } },
    ])
    expect(calls).toEqual(['hunter'])
    // The last of them may say no, though the stop has come meanwhile: there is nobody else.
    const again = run()
    answers.set('hunter', (response) => {
      again.stop()
      json(response, { data: { email: null, score: null, sources: [] }, meta: {} })
    })
    expect(
      await gateway.ask(again.asking, findEmail, [{ fullName: 'Ben Jones', domain: 'acme.example' }], {
        providers: ['hunter'],
        items: [0],
      }),
    ).toMatchObject([{ status: 'done', outputs: [] }])
  })

  it('between two pages of a search goes on behind the first one, which is paid for once', async () => {
    const { gateway, run } = start()
    const [ours, again] = [run(), run()]
    const options = { providers: ['people-data-labs'], items: [0] }
    const search = ({ asking }: typeof ours) =>
      gateway.ask(asking, searchPeople, [{ domain: 'acme.example', limit: 2 }], options)
    answers.set('people-data-labs', (response) => {
      ours.stop()
      json(response, { status: 200, data: [{ id: 'p1', full_name: 'Ann Smith' }], scroll_token: 'next', total: 2 })
    })
    expect(await search(ours)).toMatchObject([{ status: 'failed', error: { kind: 'cancelled' } }])
    answers.set('people-data-labs', (response) =>
      json(response, { status: 200, data: [{ id: 'p2', full_name: 'Ben Jones' }], total: 2 }),
    )
    const [answer] = await search(again)
    expect(answer?.outputs).toMatchObject([{ fullName: 'Ann Smith' }, { fullName: 'Ben Jones' }])
    expect(calls).toHaveLength(2)
    // Nothing is left of it once the whole answer is kept.
    expect(await database.db.selectFrom('vendor_job').select('id').execute()).toEqual([])
  })

  it('while it waits for a place leaves the line, and the next one has its turn', async () => {
    const slots = createSemaphores()
    const first = Promise.withResolvers<string>()
    const stopping = new AbortController()
    const one = slots('place', 1, () => first.promise)
    const two = slots('place', 1, async () => 'two', 'ours', stopping.signal)
    const three = slots('place', 1, async () => 'three', 'ours')
    stopping.abort()
    await expect(two).rejects.toMatchObject({ kind: 'cancelled' })
    first.resolve('one')
    expect(await Promise.all([one, three])).toEqual(['one', 'three'])
  })

  it('leaves work alone that others wait for', async () => {
    const stopping = new AbortController()
    const work = Promise.withResolvers<string>()
    const waiting = unlessStopped(work.promise, stopping.signal)
    stopping.abort(new HubError('cancelled', 'stopped'))
    expect(await waiting).toBeUndefined()
    expect(await unlessStopped(work.promise, stopping.signal)).toBeUndefined()
    work.resolve('there')
    expect(await unlessStopped(work.promise, new AbortController().signal)).toBe('there')
  })
})
