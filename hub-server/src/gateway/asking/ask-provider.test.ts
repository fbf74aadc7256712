import { pino } from 'pino'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createConnections } from '../../accounts/connections.ts'
import { createSealer } from '../../accounts/sealing.ts'
import { verifyEmail } from '../../capabilities/verifyEmail.ts'
import { loadConnectors, type Send } from '../../connectors/index.ts'
import { HubError } from '../../contracts/errors.ts'
import { testDatabases } from '../../db/testing/databases.ts'
import { createAnswerCache } from '../answer-cache.ts'
import { createJobs } from '../jobs.ts'
import { createLedger } from '../ledger.ts'
import { createRunAnswers } from '../run-answers.ts'
import { createAskProvider } from './ask-provider.ts'
import type { ProviderAnswer } from './question.ts'
import { createClaims, type Claims } from '../claims.ts'
import { providerOf } from '../providers.ts'
import { createSingleFlight } from './single-flight.ts'
import { createTokens } from '../../accounts/tokens.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }
const inputs = Array.from({ length: 30 }, (_, index) => ({ email: `p${index}@acme.example` }))

describe.each(testDatabases)('asking one provider, on $kind', ({ open, kind }) => {
  let database: Awaited<ReturnType<typeof open>>
  let claims: Claims[] = []
  let asked: string[]
  beforeEach(async () => {
    database = await open()
    claims = kind === 'postgres' ? ['one', 'two'].map((holder) => createClaims(database.db, holder)) : []
    asked = []
  })
  afterEach(() => database.remove())

  const zerobounce: Send = async ({ url }) => {
    const email = new URL(url).searchParams.get('email') ?? ''
    asked.push(email)
    await pause(300)
    const body = { address: email, status: 'valid', sub_status: '', free_email: false, did_you_mean: null }
    return { status: 200, headers: {}, body, text: JSON.stringify(body) }
  }

  /** One hub process; the vendor is asked singly. */
  const start = async (own: Claims | undefined, send: Send = zerobounce) => {
    const { connectors } = await loadConnectors({
      builtIn: fileURLToPath(new URL('../../../connectors', import.meta.url)),
    })
    const connector = connectors.get('zerobounce')
    if (!connector) throw new Error('no zerobounce')
    const provider = providerOf(connector, 'verifyEmail', {
      id: 'sandbox-zerobounce',
      connector: 'zerobounce',
      fields: { apiKey: 'sandbox-key' },
    })
    const ask = createAskProvider({
      answers: createAnswerCache(database.db),
      ledger: createLedger(database.db),
      jobs: createJobs({
        db: database.db,
        clock: { now: () => performance.now(), sleep: (ms, signal) => pause(ms, undefined, { signal }) },
        log: pino({ level: 'silent' }),
        keepDays: 7,
      }),
      runAnswers: createRunAnswers(database.db),
      tokens: createTokens(createConnections(database.db, createSealer([Buffer.alloc(32)]))),
      singleFlight: createSingleFlight<ProviderAnswer>(),
      claims: own,
      clock: { now: () => performance.now(), sleep: (ms, signal) => pause(ms, undefined, { signal }) },
      send: (errand) => (request, terms) => {
        if (errand.run === 'poor')
          return pause(100).then(() => Promise.reject(new HubError('over_budget', 'This run may cost no more.')))
        return send(request, terms)
      },
      vendorBase: () => 'http://vendor.example',
      single: true,
    })
    return (run: string, some = inputs, stop = new AbortController().signal) =>
      ask(
        { ...scope, capability: verifyEmail, provider, run, signal: new AbortController().signal, stop, options: {} },
        some,
      )
  }

  it('asks once for what two runs ask at once, in one process or two', async () => {
    const [one, two] = [await start(claims[0]), await start(claims[1])]
    const results = await Promise.all([one('a'), one('b'), kind === 'postgres' ? two('c', inputs.slice(10)) : one('c')])
    expect(asked.length).toBe(30)
    for (const each of results) expect(each.every(({ status }) => status === 'done')).toBe(true)
    expect(results.flat().filter(({ cached }) => !cached).length).toBe(30)
  })

  it('asks itself where the run that was asking had no money left', async () => {
    const one = await start(claims[0])
    const [poor, rich] = await Promise.all([one('poor', inputs.slice(0, 3)), one('rich', inputs.slice(0, 3))])
    // Whichever asks first: the one without money never keeps the other from its answers, and may get those.
    expect(poor.every(({ status, error }) => error?.kind === 'over_budget' || status === 'done')).toBe(true)
    expect(rich.map(({ status }) => status)).toEqual(Array(3).fill('done'))
  })

  it.runIf(kind === 'postgres')('stops waiting for another process when the run is stopped', async () => {
    const place = { ...scope, connector: 'zerobounce', operation: 'verifyEmail' }
    await claims[1]?.claim(place, [verifyEmail.key({ email: 'p0@acme.example' })])
    const one = await start(claims[0])
    const stop = new AbortController()
    const work = one('a', inputs.slice(0, 2), stop.signal)
    await pause(600)
    stop.abort()
    expect((await work).map(({ status, error }) => error?.kind ?? status)).toEqual(['cancelled', 'done'])
  })
})
