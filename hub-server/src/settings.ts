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
