import { resolve } from 'node:path'
import { HubError } from './contracts/errors.ts'

/** Every setting of the hub, read once from the environment. */
export interface Config {
  /** HUB_HOST: the address to listen on. Default 127.0.0.1: only this machine. */
  readonly host: string
  /** HUB_PORT: default 8787. */
  readonly port: number
  /** HUB_DATA: folder of keys, database and logs. Default .hub */
  readonly data: string
  /**
   * DATABASE_URL: a PostgreSQL 15 or later, e.g. postgres://user:password@host/database. Default: PGlite in the data
   * folder.
   */
  readonly databaseUrl?: string
  /**
   * REDIS_URL: where several processes count the places of rate limits together and wake each other up. Default: each
   * process by itself.
   */
  readonly redisUrl?: string
  /** PUBLIC_URL: how the outside reaches the hub. Default http://<host>:<port>. */
  readonly publicUrl: string
  /** Whether PUBLIC_URL was given: without it nobody outside can call the hub. */
  readonly isPublic: boolean
  /** N8N_URL: address of the n8n editor, which reads the template gallery from the browser. */
  readonly n8nUrl?: string
  /** CONNECTORS_DIR: folders with your own connectors, separated by colons. */
  readonly connectorsDirs: readonly string[]
  /**
   * SEALING_KEYS: 32 bytes in base64 each, separated by commas; the first seals, all open. Default: a file in the data
   * folder.
   */
  readonly sealingKeys?: readonly string[]
  /** ALLOW_PRIVATE_ADDRESSES=true: websites on private addresses may be read (in mode live). Default: refused. */
  readonly allowPrivate: boolean
  /** SANDBOX_URL: a sandbox that runs as its own process. Default: in this process. */
  readonly sandboxUrl?: string
  /** SANDBOX_SITES: folder of saved websites (<host>/index.html) that mode test serves beside its own. */
  readonly sandboxSites?: string
  /**
   * HUB_ROLE: `api` answers requests, `worker` works on runs, `both` (the default) does both. Processes on one database
   * share the work.
   */
  readonly role: 'api' | 'worker' | 'both'
  /** RUN_DAYS: so long the items and results of runs are kept. Default 30. */
  readonly runDays: number
  /** EVENT_DAYS: so long events are kept. Default 30. */
  readonly eventDays: number
  /**
   * JOB_DAYS: so long a job that a service was given is taken up again, and what it calls back with is kept. Default 7.
   */
  readonly jobDays: number
  /**
   * LEDGER_DAYS: so long each call and its price is kept, and a run with its counts and cost; never shorter than
   * RUN_DAYS.
   * Default 730: two years of accounts.
   */
  readonly ledgerDays: number
  /** LOG_LEVEL: trace, debug, info, warn, error or silent. Default info. */
  readonly logLevel: string
}

/** @throws HubError invalid_input naming the setting that is not right */
export const readConfig = (env: NodeJS.ProcessEnv): Config => {
  const host = env.HUB_HOST || '127.0.0.1'
  const port = portOf(env.HUB_PORT || '8787')
  return {
    host,
    port,
    data: resolve(env.HUB_DATA || '.hub'),
    databaseUrl: env.DATABASE_URL || undefined,
    redisUrl: env.REDIS_URL || undefined,
    publicUrl: (env.PUBLIC_URL || `http://${host}:${port}`).replace(/\/$/, ''),
    isPublic: Boolean(env.PUBLIC_URL),
    n8nUrl: env.N8N_URL || undefined,
    connectorsDirs: (env.CONNECTORS_DIR || '')
      .split(':')
      .filter(Boolean)
      .map((folder) => resolve(folder)),
    sealingKeys: env.SEALING_KEYS?.split(',').map((key) => key.trim()),
    allowPrivate: env.ALLOW_PRIVATE_ADDRESSES === 'true',
    sandboxUrl: env.SANDBOX_URL || undefined,
    sandboxSites: env.SANDBOX_SITES ? resolve(env.SANDBOX_SITES) : undefined,
    role: roleOf(env.HUB_ROLE || 'both'),
    runDays: daysOf('RUN_DAYS', env.RUN_DAYS),
    eventDays: daysOf('EVENT_DAYS', env.EVENT_DAYS),
    jobDays: daysOf('JOB_DAYS', env.JOB_DAYS, '7'),
    ledgerDays: Math.max(daysOf('LEDGER_DAYS', env.LEDGER_DAYS, '730'), daysOf('RUN_DAYS', env.RUN_DAYS)),
    logLevel: env.LOG_LEVEL || 'info',
  }
}

const roleOf = (text: string): Config['role'] => {
  if (text === 'api' || text === 'worker' || text === 'both') return text
  throw new HubError('invalid_input', `HUB_ROLE is “${text}”, which is no role.`, {
    advice: 'Give api, worker or both.',
  })
}

const daysOf = (name: string, given: string | undefined, usual = '30'): number => {
  const text = given ?? usual
  const days = Number(text)
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days
  throw new HubError('invalid_input', `${name} is “${text}”, which is not a number of days.`, {
    advice: 'Give a number from 1 to 3650.',
  })
}

const portOf = (text: string): number => {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new HubError('invalid_input', `HUB_PORT is “${text}”, which is not a port.`, {
    advice: 'Give a number from 1 to 65535.',
  })
}
