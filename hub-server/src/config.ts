import { join, resolve } from 'node:path'
import { requireTls } from './access/oidc/issuer.ts'
import { HubError } from './contracts/errors.ts'
import { parseAllowances, type Allowance } from './egress/allowance.ts'
import { parseProxies, type Proxy } from './egress/proxy.ts'
import { settings } from './settings.ts'

export interface BackupSettings {
  readonly passphrase?: string
  readonly passphraseFile?: string
  readonly recipients: readonly string[]
  readonly identityFile?: string
}

/** A provider of sign-ins, and what its groups mean here. */
export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly name: string
  readonly scopes: string
  readonly groupsClaim: string
  /** The first that fits; `*` is everybody. */
  readonly roles: readonly { readonly group: string; readonly role: string }[]
}

/** The settings, read once from the environment. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly databaseUrl?: string
  readonly redisUrl?: string
  /** Beside those of every machine. */
  readonly names: readonly string[]
  readonly connections: { readonly most: number; readonly mostPerAddress: number }
  readonly trustedProxies: readonly string[]
  readonly requests: { readonly perKey: number; readonly perAddress: number }
  readonly mail?: { readonly url: string; readonly from: string }
  readonly oidc?: OidcSettings
  readonly publicUrl: string
  /** Whether PUBLIC_URL was given: without it nobody outside can call the hub. */
  readonly isPublic: boolean
  readonly n8nUrl?: string
  readonly connectorsDirs: readonly string[]
  readonly sealingKeys?: readonly string[]
  /** Instead of `sealing.key` in the data folder. */
  readonly sealingKeyFile?: string
  /** Bytes. */
  readonly leastFree: number
  readonly backup: BackupSettings
  readonly egressAllow: readonly Allowance[]
  /** Folders whose files accounts may name. */
  readonly filesDirs: readonly string[]
  readonly scrapeProxies: readonly Proxy[]
  readonly sandboxUrl?: string
  readonly sandboxSites?: string
  readonly role: 'api' | 'worker' | 'both'
  readonly runDays: number
  readonly eventDays: number
  readonly jobDays: number
  readonly ledgerDays: number
  readonly logLevel: string
}

/** @throws HubError invalid_input naming the setting that is not right */
export const readConfig = (env: NodeJS.ProcessEnv): Config => {
  const host = env.HUB_HOST || settings.HUB_HOST.default
  const port = portOf(env.HUB_PORT || settings.HUB_PORT.default)
  const data = resolve(env.HUB_DATA || settings.HUB_DATA.default)
  return {
    host,
    port,
    data,
    databaseUrl: env.DATABASE_URL || undefined,
    redisUrl: env.REDIS_URL || undefined,
    names: namesOf(host, env),
    connections: {
      most: countOf('MAX_CONNECTIONS', env),
      mostPerAddress: countOf('MAX_CONNECTIONS_PER_ADDRESS', env),
    },
    trustedProxies: listOf(env.TRUSTED_PROXIES),
    requests: {
      perKey: countOf('REQUESTS_PER_MINUTE', env),
      perAddress: countOf('REQUESTS_PER_MINUTE_ADDRESS', env),
    },
    mail: mailOf(env),
    oidc: oidcOf(env),
    publicUrl: (env.PUBLIC_URL || `http://${host}:${port}`).replace(/\/$/, ''),
    isPublic: Boolean(env.PUBLIC_URL),
    n8nUrl: env.N8N_URL || undefined,
    connectorsDirs: foldersOf(env.CONNECTORS_DIR || ''),
    sealingKeys: env.SEALING_KEYS?.split(',').map((key) => key.trim()),
    sealingKeyFile: env.SEALING_KEY_FILE ? resolve(env.SEALING_KEY_FILE) : undefined,
    leastFree: spaceOf(env.LEAST_FREE_SPACE || settings.LEAST_FREE_SPACE.default),
    backup: {
      passphrase: env.BACKUP_PASSPHRASE || undefined,
      passphraseFile: env.BACKUP_PASSPHRASE_FILE ? resolve(env.BACKUP_PASSPHRASE_FILE) : undefined,
      recipients: listOf(env.BACKUP_RECIPIENTS),
      identityFile: env.BACKUP_IDENTITY_FILE ? resolve(env.BACKUP_IDENTITY_FILE) : undefined,
    },
    egressAllow: parseAllowances(env.EGRESS_ALLOW || ''),
    filesDirs: env.FILES_DIR ? foldersOf(env.FILES_DIR) : [join(data, 'files')],
    scrapeProxies: parseProxies(env.SCRAPE_PROXIES || ''),
    sandboxUrl: env.SANDBOX_URL || undefined,
    sandboxSites: env.SANDBOX_SITES ? resolve(env.SANDBOX_SITES) : undefined,
    role: roleOf(env.HUB_ROLE || settings.HUB_ROLE.default),
    runDays: daysOf('RUN_DAYS', env),
    eventDays: daysOf('EVENT_DAYS', env),
    jobDays: daysOf('JOB_DAYS', env),
    ledgerDays: Math.max(daysOf('LEDGER_DAYS', env), daysOf('RUN_DAYS', env)),
    logLevel: logLevelOf(env.LOG_LEVEL || settings.LOG_LEVEL.default),
  }
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

const spaceOf = (text: string): number => {
  const megabytes = Number(text)
  if (Number.isInteger(megabytes) && megabytes >= 0 && megabytes <= 1_000_000) return megabytes * 1024 * 1024
  throw new HubError('invalid_input', `LEAST_FREE_SPACE is “${text}”, which is not a number of megabytes.`, {
    advice: 'Give a number from 0 to 1000000.',
  })
}

const foldersOf = (text: string): string[] =>
  text
    .split(':')
    .filter(Boolean)
    .map((folder) => resolve(folder))

/**
 * Settings that are none any more, where passing over them would change what somebody relies on.
 * @throws HubError invalid_input that says what to write instead
 */
export const refuseFormerSettings = (env: NodeJS.ProcessEnv): void => {
  if (env.ALLOW_PRIVATE_ADDRESSES !== 'true') return
  throw new HubError('invalid_input', 'ALLOW_PRIVATE_ADDRESSES is no setting any more.', {
    advice: 'Name what is meant in EGRESS_ALLOW, such as 10.0.0.0/8 or wiki.internal:8080, and take the other away.',
  })
}

const namesOf = (host: string, { HUB_NAMES = '', PUBLIC_URL = '' }: NodeJS.ProcessEnv): string[] => [
  host,
  ...(URL.canParse(PUBLIC_URL) ? [new URL(PUBLIC_URL).hostname] : []),
  ...HUB_NAMES.split(',')
    .map((name) => name.trim())
    .filter(Boolean),
]

type Counted = 'MAX_CONNECTIONS' | 'MAX_CONNECTIONS_PER_ADDRESS' | 'REQUESTS_PER_MINUTE' | 'REQUESTS_PER_MINUTE_ADDRESS'

const mailOf = ({ MAIL_URL, MAIL_FROM, PUBLIC_URL = '' }: NodeJS.ProcessEnv): Config['mail'] => {
  if (!MAIL_URL) return undefined
  if (!URL.canParse(MAIL_URL) || !['smtp:', 'smtps:'].includes(new URL(MAIL_URL).protocol))
    throw new HubError('invalid_input', 'MAIL_URL is not the address of a mail server.', {
      advice: 'Write it like smtps://user:password@mail.acme.example.',
    })
  const host = URL.canParse(PUBLIC_URL) ? new URL(PUBLIC_URL).hostname : 'localhost'
  return { url: MAIL_URL, from: MAIL_FROM || `AI-Now Hub <hub@${host}>` }
}

const oidcOf = (env: NodeJS.ProcessEnv): OidcSettings | undefined => {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env
  const { OIDC_NAME, OIDC_SCOPES, OIDC_GROUPS_CLAIM, OIDC_ROLES } = env
  if (!issuer) return undefined
  if (!URL.canParse(issuer) || !clientId)
    throw new HubError('invalid_input', 'OIDC_ISSUER needs a whole address, and OIDC_CLIENT_ID beside it.', {
      advice: 'Copy both from the provider; to do without it, leave both out.',
    })
  requireTls(issuer)
  return {
    issuer,
    clientId,
    ...(clientSecret && { clientSecret }),
    name: OIDC_NAME || settings.OIDC_NAME.default,
    scopes: OIDC_SCOPES || settings.OIDC_SCOPES.default,
    groupsClaim: OIDC_GROUPS_CLAIM || settings.OIDC_GROUPS_CLAIM.default,
    roles: listOf(OIDC_ROLES).map(groupRole),
  }
}

const groupRole = (text: string): { group: string; role: string } => {
  const at = text.lastIndexOf('=')
  if (at > 0 && at < text.length - 1) return { group: text.slice(0, at).trim(), role: text.slice(at + 1).trim() }
  throw new HubError('invalid_input', `In OIDC_ROLES “${text}” is no group with a role.`, {
    advice: 'Write it like sales-leads=admin,sales=operator,*=analyst.',
  })
}

const countOf = (name: Counted, env: NodeJS.ProcessEnv): number => {
  const text = env[name] || settings[name].default
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 1_000_000) return count
  throw new HubError('invalid_input', `${name} is “${text}”, which is not a number from 1 on.`, {
    advice: 'Give a number from 1 to 1000000.',
  })
}

const roleOf = (text: string): Config['role'] => {
  if (text === 'api' || text === 'worker' || text === 'both') return text
  throw new HubError('invalid_input', `HUB_ROLE is “${text}”, which is no role.`, {
    advice: 'Give api, worker or both.',
  })
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent']

const logLevelOf = (text: string): string => {
  if (logLevels.includes(text)) return text
  throw new HubError('invalid_input', `LOG_LEVEL is “${text}”, which is no level.`, {
    advice: `Give one of: ${logLevels.join(', ')}.`,
  })
}

const daysOf = (name: 'RUN_DAYS' | 'EVENT_DAYS' | 'JOB_DAYS' | 'LEDGER_DAYS', env: NodeJS.ProcessEnv): number => {
  const text = env[name] ?? settings[name].default
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
