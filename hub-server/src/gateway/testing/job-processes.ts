import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { createSealer } from '../../accounts/sealing.ts'
import type { Capability } from '../../capabilities/capability.ts'
import { fixture } from '../../connectors/testing/play.ts'
import { HubError } from '../../contracts/errors.ts'
import { newId } from '../../db/id.ts'
import { databaseForAll } from '../../db/testing/database-for.ts'
import type { TestDatabase } from '../../db/testing/databases.ts'
import { usageOf } from '../../reporting/usage.ts'
import type { AskOptions } from '../ask.ts'
import { createCallbacks } from '../callbacks.ts'
import { askingFor } from './asking-for.ts'
import { gatewayOn } from './gatewayOn.ts'
import { jobVendorForAll, until } from './job-vendor.ts'
import { openBudget } from './open-budget.ts'

const scope = { workspace: 'ws_1', mode: 'test' as const }

/** Processes that ask a vendor with jobs, on one database, for all tests of a `describe`. */
export const jobProcesses = (open: TestDatabase['open']) => {
  const database = databaseForAll(open)
  // Calls of the killed that the vendor never answered end with the vendor, and are written down.
  afterAll(() =>
    until(
      async () =>
        (await database.db.selectFrom('ledger').select('id').where('state', '=', 'sent').execute()).length === 0,
    ),
  )
  // It goes first: hooks that end something run in the opposite order.
  const vendor = jobVendorForAll()
  const sealer = createSealer([randomBytes(32)])
  const lives: AbortController[] = []

  beforeAll(() => openBudget(database.db, scope, 'day'))
  beforeEach(async () => {
    vendor.reset()
    for (const table of ['answer', 'vendor_job', 'callback', 'run_answer'] as const)
      await database.db.deleteFrom(table).execute()
  })
  afterEach(() => {
    for (const life of lives.splice(0)) life.abort()
  })

  /** A process of its own: it lives until it is killed, and then nothing of it goes on. */
  const startProcess = async ({ callable = false, sleepMs = 5 } = {}) => {
    const life = new AbortController()
    lives.push(life)
    const gone = new Promise<never>(() => undefined)
    let paused: Promise<void> | undefined
    const clock = {
      now: () => performance.now(),
      sleep: async (_ms: number, signal: AbortSignal): Promise<void> => {
        await pause(sleepMs)
        await paused
        if (life.signal.aborted) await gone
        if (signal.aborted) throw new HubError('cancelled', 'The run was stopped while it waited.')
      },
    }
    const connectors = new Map([['jobs', await fixture('jobs')]])
    const callbacks = createCallbacks({ db: database.db, sealer, clock, publicUrl: 'https://hub.example' })
    const { gateway, jobs } = gatewayOn(database.db, {
      connectors,
      clock,
      vendorBase: () => vendor.url,
      ...(callable && { callbacks }),
    })
    const ask = (
      run: string,
      capability: Capability,
      inputs: readonly unknown[],
      options: AskOptions = {},
      stop = new AbortController(),
    ) => {
      const asking = askingFor({ scope, run, stop: stop.signal, nameOf: (item) => `${run}/0/${item}` })
      return gateway.ask(asking, capability, inputs, { providers: ['jobs'], items: [...inputs.keys()], ...options })
    }
    return {
      ask,
      callbacks,
      usage: (run: string) => usageOf(database.db, scope, run),
      /** kill -9: what it holds is its own until its leases end, and here they end at once. */
      kill: async () => {
        life.abort()
        jobs.close()
        await sql`update vendor_job set leased_until = now() - interval '1 second'`.execute(database.db)
      },
      /** SIGSTOP; the function that it gives is SIGCONT. */
      freeze: () => {
        jobs.close()
        const { promise, resolve } = Promise.withResolvers<void>()
        paused = promise
        return resolve
      },
    }
  }
  const newRun = async (): Promise<string> => {
    const run = newId('run')
    await openBudget(database.db, scope, 'run', run)
    return run
  }
  const polled = (id: number) => () => vendor.calls.includes(`GET /jobs/${id}`)
  const rows = async () => (await database.db.selectFrom('vendor_job').selectAll().execute()).length
  return { database, vendor, startProcess, newRun, polled, rows }
}
