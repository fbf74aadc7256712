import { setImmediate as turn } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { Fault } from '../contracts/errors.ts'
import type { Disk } from './disk.ts'
import { openEmbedded, type Embedded } from './embedded.ts'
import { guardedClient } from './guarded-client.ts'
import { explainUnavailable } from './unavailable.ts'

interface Instance extends Embedded {
  readonly pool: pg.Pool
  readonly keepToReading: (client: PostgresPoolClient, text: string) => Promise<void>
}

/** How long a database that could not be opened again rests before the next try. */
const restMs = 5_000

/**
 * One connection to PGlite. Where its PostgreSQL has ended (a full disk ends it), the next who asks opens it anew, as a
 * PostgreSQL of its own would start again: what was committed is there.
 */
export const openEmbeddedPool = async (files: string, disk: Disk): Promise<PostgresPool> => {
  let current = await open(files, disk)
  let opening: Promise<void> | undefined
  let triedAt = -Infinity

  const openAnew = async (): Promise<void> => {
    const out = disk.out()
    if (out) throw out
    const { pglite, pool, broken } = current
    if (performance.now() - triedAt < restMs) throw brokeDown(broken())
    triedAt = performance.now()
    try {
      current = await open(files, disk)
    } catch (thrown) {
      throw brokeDown(broken(), thrown)
    }
    // What the one that has ended had open. It is not closed: closing writes.
    pglite.Module.FS.quit()
    await pool.end()
  }

  const connect = async (): Promise<PostgresPoolClient> => {
    // PGlite answers without ever waiting: one question after the other would keep timers and sockets from their turn.
    await turn()
    if (current.broken() !== undefined) await (opening ??= openAnew().finally(() => (opening = undefined)))
    const client: PostgresPoolClient = await current.pool.connect()
    const { keepToReading } = current
    return guardedClient(client, {
      before: (text) => keepToReading(client, text),
      explain: (thrown) => explain(thrown, disk),
    })
  }

  const end = async (): Promise<void> => {
    const { pool, pglite, broken } = current
    await pool.end()
    // Closing writes a checkpoint, and a killed database has lost nothing.
    if (broken() === undefined && !disk.out()) await pglite.close()
  }

  return { connect, end, options: current.pool.options }
}

const open = async (files: string, disk: Disk): Promise<Instance> => {
  const embedded = await openEmbedded(files)
  const pool = new pg.Pool({ ...createPgConfig(embedded.pglite), max: 1 })
  // A database that has ended fails whoever asked it, and must not end the process as well.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return { ...embedded, pool, keepToReading: keepToReading(embedded.pglite, disk) }
}

/** A transaction is ended as its owner wants, whatever the disk. */
const ending = /^\s*(commit|rollback)/i

/**
 * While the disk is out of space PostgreSQL itself refuses to write, whatever the statement: a panic of it would take
 * the readers along. The session is told outside of transactions, because one that is rolled back takes it along.
 */
const keepToReading = (pglite: PGlite, disk: Disk) => {
  let isReading = false
  return async (client: PostgresPoolClient, text: string): Promise<void> => {
    const out = disk.out() !== undefined
    if (out === isReading && !out) return
    if (pglite.isInTransaction()) {
      if (out && !ending.test(text)) await client.query('set transaction_read_only = on', [])
    } else if (out !== isReading) {
      await client.query(`set default_transaction_read_only = ${out ? 'on' : 'off'}`, [])
      isReading = out
    }
  }
}

/** Of a full disk, how full it is says more than what PostgreSQL was kept from. */
const explain = (thrown: unknown, disk: Disk): unknown => {
  const told = explainUnavailable(thrown)
  const out = told && disk.out()
  if (!out) return told ?? thrown
  return new Fault('unavailable', out.message, { advice: out.advice, retryAfter: out.retryAfter, cause: thrown })
}

const brokeDown = (reason = 'it ended', cause?: unknown): Fault =>
  new Fault('unavailable', `The database broke down: ${reason}.`, {
    advice: 'The hub opens it again by itself as soon as that can be done.',
    retryAfter: 5,
    cause: new Error(`PGlite broke down: ${reason}`, { cause }),
  })
