import { join, resolve } from 'node:path'
import { requireTls } from './access/oidc/issuer.ts'
import { HubError } from './contracts/errors.ts'
import { parseAllowances, type Allowance } from './egress/allowance.ts'
import { parseProxies, type Proxy } from './egress/proxy.ts'

/** What is said of a setting. */
export interface Setting {
  /** What it is for, in a sentence or two. */
  readonly description: string
  /** What holds where it is not given, as one would write it. */
  readonly default?: string
  /** The same in words, where it is no fixed text. */
  readonly unset?: string
  /** How a value looks, where there is no default to look at. */
  readonly example?: string
}

/** Every setting of the hub, by its name in the environment. `.env.example` is made from this. */
export const settings = {
  HUB_HOST: {
    description: 'The address to listen on. The default is reached from this machine alone.',
    default: '127.0.0.1',
  },
  HUB_PORT: { description: 'The port to listen on. ./hub up takes --port instead.', default: '8787' },
  HUB_DATA: {
    description: 'Folder of keys, database and logs. ./hub takes --data instead.',
    default: '.hub',
  },
  DATABASE_URL: {
    description: 'A PostgreSQL 15 or later.',
    unset: 'PGlite in the data folder',
    example: 'postgres://user:password@host/database',
  },
  REDIS_URL: {
    description: 'Where several processes count the places of rate limits together and wake each other up.',
    unset: 'each process by itself',
    example: 'redis://host:6379',
  },
  PUBLIC_URL: {
    description: 'How the outside reaches the hub. Without it nobody outside can call it.',
    unset: 'http://<host>:<port>',
    example: 'https://hub.acme.example',
  },
  HUB_NAMES: {
    description:
      'Further names that the hub is reached by, with commas between; of others it takes nothing. Known anyway: ' +
      'localhost, host.docker.internal, addresses in numbers, and the names in PUBLIC_URL and HUB_HOST.',
    unset: 'none',
    example: 'hub,hub.lan',
  },
  MAX_CONNECTIONS: {
    description: 'How many connections are held at once; who comes then is told to come again (503).',
    default: '2000',
  },
  MAX_CONNECTIONS_PER_ADDRESS: {
    description: 'How many of them come from one address; behind a proxy all do.',
    default: '500',
  },
  TRUSTED_PROXIES: {
    description:
      'Addresses and ranges of proxies in front of the hub: what they say of whom they speak for (X-Forwarded-For) ' +
      'is believed, for limits, networks of keys and the audit log.',
    unset: 'none: who connects is who asks',
    example: '127.0.0.1,10.0.0.0/8',
  },
  REQUESTS_PER_MINUTE: {
    description: 'Requests a minute with one key, or by one person; a sixth of them may come at once.',
    default: '6000',
  },
  REQUESTS_PER_MINUTE_ADDRESS: {
    description: 'The same for one address, whoever asks from there; behind a proxy see TRUSTED_PROXIES.',
    default: '12000',
  },
  MAIL_URL: {
    description: 'The mail server that sends invitations and links to choose another password.',
    unset: 'no mail is sent: ./hub sign-in-link makes links',
    example: 'smtps://user:password@mail.acme.example',
  },
  MAIL_FROM: {
    description: 'Whom those mails come from.',
    unset: 'hub@ and the name in PUBLIC_URL',
    example: 'AI-Now Hub <hub@acme.example>',
  },
  OIDC_ISSUER: {
    description:
      'A provider of sign-ins by OpenID Connect (Auth0, Okta, Google, Entra, Keycloak …): the address under which ' +
      'its /.well-known/openid-configuration is. There <PUBLIC_URL>/sign-in/callback is where people come back to, ' +
      'and <PUBLIC_URL>/sign-in where they go once they have signed out.',
    unset: 'people sign in with e-mail address and password',
    example: 'https://login.acme.example/realms/sales',
  },
  OIDC_CLIENT_ID: { description: 'What the hub is called there.', unset: 'none', example: 'hub' },
  OIDC_CLIENT_SECRET: { description: 'Its secret there.', unset: 'none', example: 'a secret' },
  OIDC_NAME: { description: 'What stands on the button: Sign in with …', default: 'single sign-on' },
  OIDC_SCOPES: { description: 'What is asked for there.', default: 'openid email profile' },
  OIDC_GROUPS_CLAIM: { description: 'The claim in which a person’s groups stand.', default: 'groups' },
  OIDC_ROLES: {
    description:
      'Which group has which role in the first workspace, the first that fits; * is everybody. Who has none is not ' +
      'let in, unless invited.',
    unset: 'only who is invited is let in',
    example: 'sales-leads=admin,sales=operator,*=analyst',
  },
  N8N_URL: {
    description:
      'The n8n editor’s address: it reads the template gallery from the browser. ./hub up gives that of its own n8n.',
    unset: 'no editor reads it',
    example: 'http://127.0.0.1:5678',
  },
  CONNECTORS_DIR: {
    description: 'Folders with your own connectors, separated by colons.',
    unset: 'none',
    example: '/home/me/my-connectors',
  },
  SEALING_KEYS: {
    description:
      'Keys that seal accounts’ secrets: the first seals, all open. Commas between. One: openssl rand -base64 32.',
    unset: 'sealing.key in the data folder, made at the first start',
  },
  SEALING_KEY_FILE: {
    description:
      'File with such keys, one a line, kept elsewhere than the data: neither a copy of the folder nor a backup then ' +
      'opens the secrets. Made if it is not there.',
    unset: 'sealing.key in the data folder',
    example: '/etc/hub/sealing.key',
  },
  LEAST_FREE_SPACE: {
    description:
      'Megabytes that stay free on the data folder’s disk: below that the hub takes nothing new, and goes on by ' +
      'itself when there is space again. Not for DATABASE_URL.',
    default: '256',
  },
  BACKUP_PASSPHRASE: {
    description: 'What ./hub backup encrypts with and ./hub restore opens with. Better in a file, or asked for.',
    unset: 'it is asked for',
    example: 'several words that nobody guesses',
  },
  BACKUP_PASSPHRASE_FILE: {
    description: 'File whose first line is that passphrase.',
    unset: 'none',
    example: '/etc/hub/backup-passphrase',
  },
  BACKUP_RECIPIENTS: {
    description:
      'Instead of a passphrase: age recipients that ./hub backup encrypts for (age1…, from age-keygen), commas ' +
      'between.',
    unset: 'none',
    example: 'age1…',
  },
  BACKUP_IDENTITY_FILE: {
    description: 'File with the identity (AGE-SECRET-KEY-…) that opens a backup made for a recipient.',
    unset: 'none',
    example: '/etc/hub/backup-identity',
  },
  EGRESS_ALLOW: {
    description:
      'What accounts and websites may lead to in your own network: hosts and ranges of addresses, with a port or ' +
      'without, commas between.',
    unset: 'public addresses only',
    example: 'ollama.internal:11434,10.0.0.0/8:25',
  },
  FILES_DIR: {
    description:
      'Folders whose files accounts may name, such as a MaxMind database, separated by colons. A name without a ' +
      'folder is in the first.',
    unset: 'files in the data folder',
    example: '/home/me/databases',
  },
  SCRAPE_PROXIES: {
    description:
      'Proxies through which websites are read (in mode live), http:// or socks5://, commas between, or a file with ' +
      'one on each line. Where they are set, nothing is read without them.',
    unset: 'websites are read directly',
    example: 'http://user:password@proxy.acme.example:3128,socks5://10.0.0.9:1080',
  },
  SANDBOX_URL: {
    description: 'A sandbox that runs as its own process.',
    unset: 'one inside the hub',
    example: 'http://127.0.0.1:8790',
  },
  SANDBOX_SITES: {
    description: 'Folder of saved websites (<host>/index.html) that mode test serves beside its own.',
    unset: 'none',
    example: '/home/me/saved-websites',
  },
  HUB_ROLE: {
    description:
      'api answers requests, worker works on runs, both does both. Processes on one database share the work.',
    default: 'both',
  },
  RUN_DAYS: { description: 'How many days the items and results of runs are kept.', default: '30' },
  EVENT_DAYS: { description: 'How many days events are kept.', default: '30' },
  JOB_DAYS: {
    description: 'How many days a job that a service was given is taken up again, and what it calls back with is kept.',
    default: '7',
  },
  LEDGER_DAYS: {
    description:
      'How many days each call and its price is kept, and a run with its counts and cost; never shorter than RUN_DAYS.',
    default: '730',
  },
  LOG_LEVEL: { description: 'trace, debug, info, warn, error or silent.', default: 'info' },
} as const satisfies Readonly<Record<string, Setting>>

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
