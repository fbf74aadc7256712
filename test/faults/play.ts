import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../hub-server/src/db/database.ts'
import type { Services } from '../../hub-server/src/db/testing/services.ts'
import { freshPostgres } from '../../hub-server/src/db/testing/databases.ts'
import type { CutOff } from '../../hub-server/src/sandbox/vendors/cut-off.ts'
import { randomFrom } from '../hub/random.ts'
import { doFaults, type Plan } from './faults.ts'
import { keepHub, type Kept } from './kept.ts'
import { startReader, type ReadEvent, type Reader } from './readers.ts'
import { startSmallRuns } from './small-runs.ts'
import { openStage, type Stage } from './stage.ts'
import {
  accountOf,
  begin,
  billOf,
  connect,
  ended,
  itemsFor,
  latencyMs,
  messagesOf,
  peopleIn,
  resultsOf,
  type Bill,
  type ItemResult,
  type Work,
} from './work.ts'

export interface Form {
  readonly works: readonly Work[]
  readonly plan: Plan
}

/** What became of a long run, beside what becomes of it without faults. */
export interface Outcome {
  readonly work: Work
  readonly run: string
  readonly results: readonly ItemResult[]
  readonly faultless: readonly ItemResult[]
  readonly bill: Bill
  readonly least: Bill
  /** To whom messages went. */
  readonly messages: readonly string[]
  /** Address and record of each person in the CRM, and without faults. */
  readonly people: readonly (readonly [string, string])[]
  readonly faultlessPeople: readonly (readonly [string, string])[]
  /** Calls under way when a hub was killed or stood still, over all such moments, as the vendor saw it. */
  readonly inFlight: CutOff
  /** Calls that were about to leave at such a moment. */
  readonly leaving: number
  /** Calls that found the vendor down. */
  readonly met: number
}

export interface Played {
  readonly outcomes: readonly Outcome[]
  readonly faults: ReadonlyMap<string, number>
  readonly smallRuns: readonly string[]
  readonly readers: readonly Reader[]
  /** As they stand in the database at the end. */
  readonly events: readonly (ReadEvent & { readonly position: number })[]
  readonly crashes: readonly string[]
  readonly exits: readonly (number | null)[]
  readonly seconds: number
}

interface Faultless {
  readonly results: ItemResult[]
  readonly bill: Bill
  readonly people: readonly (readonly [string, string])[]
}

/** The same items on a hub that nothing happens to, nobody paces, and that asks for one at a time. */
const withoutFaults = async (stage: Stage, works: readonly Work[]): Promise<Map<string, Faultless>> => {
  const hub = await keepHub('reference', { ...stage.env, FAULTS_SINGLE: 'yes' })
  const found = new Map<string, Faultless>()
  const runs = new Map<Work, string>()
  for (const work of works) runs.set(work, await begin(hub, work, itemsFor(work, stage), work.name))
  for (const [work, run] of runs) {
    await ended(hub, run)
    const key = `sandbox-${work.connector}`
    found.set(work.name, {
      results: await resultsOf(hub, run),
      bill: await billOf(stage, { ...work, paidPath: '' }, key),
      people: work.name === 'sync' ? await peopleIn(stage, work, key) : [],
    })
  }
  await hub.stop()
  rmSync(hub.data, { recursive: true, force: true })
  return found
}

/** One api and two workers on Postgres and Redis; without them one process that does everything on PGlite. */
const openHubs = async (
  stage: Stage,
  services: Services | undefined,
  databaseUrl: string | undefined,
): Promise<[Kept, ...Kept[]]> => {
  if (!services || !databaseUrl) return [await keepHub('everything', stage.env)]
  const env = {
    ...stage.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: services.redisUrl ?? '',
    SEALING_KEYS: randomBytes(32).toString('base64'),
  }
  const api = await keepHub('api', { ...env, HUB_ROLE: 'api' })
  await api.ask('GET', '/v1/me')
  return [
    api,
    await keepHub('worker 1', { ...env, HUB_ROLE: 'worker' }, api),
    await keepHub('worker 2', { ...env, HUB_ROLE: 'worker' }, api),
  ]
}

const storedEvents = async (where: { url?: string; folder: string }): Promise<Played['events']> => {
  const database = await openDatabase(where)
  try {
    const rows = await database.db
      .selectFrom('event')
      .select(['id', 'type', 'subject', 'seq', 'position'])
      .orderBy('position')
      .execute()
    return rows.map(({ seq, position, ...row }) => ({ ...row, seq: seq ?? 0, position: position ?? 0 }))
  } finally {
    await database.close()
  }
}

/** Plays a form once: long runs, small ones, four readers, and meanwhile the faults. @param services absent: PGlite */
export const play = async ({ works, plan }: Form, services: Services | undefined, seed: number): Promise<Played> => {
  const stage = await openStage()
  const postgres = services?.databaseUrl ? await freshPostgres(services.databaseUrl) : undefined
  const opened: Kept[] = []
  try {
    const faultless = await withoutFaults(stage, works)
    // Their calls and messages are not those of the run under faults.
    await stage.control('POST', 'reset')
    await stage.control('POST', 'latency', { ms: latencyMs })
    const hubs = await openHubs(stage, services, postgres?.url)
    opened.push(...hubs)
    const [api] = hubs
    const readers = Array.from({ length: 4 }, () => startReader(api))
    const began = performance.now()
    const runs = new Map<Work, string>()
    for (const work of works) {
      await connect(api, work)
      runs.set(work, await begin(api, work, itemsFor(work, stage), work.name))
    }
    const small = startSmallRuns(api)
    const isOver = new AbortController()
    const faulting = doFaults({ stage, services, hubs, works }, plan, randomFrom(seed), isOver.signal)
    // Told of below, when the runs have ended.
    faulting.catch(() => undefined)
    for (const run of runs.values()) await ended(api, run)
    const seconds = Math.round((performance.now() - began) / 1000)
    isOver.abort()
    const log = await faulting
    const smallRuns = await small.finish()
    for (const run of smallRuns) await ended(api, run)
    for (const reader of readers) await reader.finish()

    const met = (await stage.control('GET', 'outages')) as Record<string, { dropped: number; refused: number }>
    const outcomes: Outcome[] = []
    for (const [work, run] of runs) {
      const { connector, name } = work
      const without = faultless.get(name)
      outcomes.push({
        work,
        run,
        results: await resultsOf(api, run),
        faultless: without?.results ?? [],
        bill: await billOf(stage, work, accountOf(work)),
        least: without?.bill ?? { answered: 0, credits: 0 },
        messages: name === 'send' ? await messagesOf(stage, work) : [],
        people: name === 'sync' ? await peopleIn(stage, work, accountOf(work)) : [],
        faultlessPeople: without?.people ?? [],
        leaving: log.leaving.get(name) ?? 0,
        inFlight: log.inFlight.get(name) ?? { unanswered: 0, justAnswered: 0 },
        met: (met[connector]?.dropped ?? 0) + (met[connector]?.refused ?? 0),
      })
    }
    const exits: (number | null)[] = []
    for (const hub of hubs) exits.push(await hub.stop())
    const events = await storedEvents({ url: postgres?.url, folder: api.data })
    return {
      outcomes,
      faults: log.done,
      smallRuns,
      readers,
      events,
      crashes: hubs.flatMap(({ crashes }) => crashes),
      exits,
      seconds,
    }
  } finally {
    for (const hub of opened) {
      await hub.abandon()
      if (process.env.FAULTS_LOGS)
        writeFileSync(
          join(process.env.FAULTS_LOGS, `${works.map(({ name }) => name).join('-')} ${hub.name}.log`),
          hub.output(),
        )
      rmSync(hub.data, { recursive: true, force: true })
    }
    await stage.stop()
    await postgres?.drop()
  }
}
