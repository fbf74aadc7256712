/**
 * Every way out of the hub, once. Lint lets nothing else open a connection (eslint.config.mjs), and
 * test/hostile/egress.test.ts tries each of those that ask the policy: a new one is added here and there.
 */

/** Files that reach what accounts, users or answers name, through src/egress; and by which ways that is tried. */
export const policed = {
  'src/web/connections.ts': ['website', 'website after a redirect', 'website through a proxy'],
  'src/web/download.ts': ['website', 'website after a redirect', 'website through a proxy'],
  'src/connectors/protocols/http.ts': ['HTTP', 'address from an answer', 'token endpoint', 'stand-in of a file'],
  'src/connectors/protocols/smtp.ts': ['SMTP', 'SMTP log-in', 'SMTPS'],
  'src/connectors/protocols/mmdb.ts': ['file'],
  'src/gateway/vendor-auth.ts': ['consent page'],
}

/** Files that connect to what the operator's own settings name: no allowance is needed for these. */
export const ofOperator = {
  'src/db/**': 'DATABASE_URL',
  'src/queue/**': 'REDIS_URL',
  'src/gateway/rate-store/**': 'REDIS_URL',
  'src/access/request-limits/redis.ts': 'REDIS_URL',
  'src/access/mail.ts': 'MAIL_URL',
  'src/access/oidc/**': 'OIDC_ISSUER, and what it says of itself',
  'src/sandbox/**': 'SANDBOX_URL, and the sandbox itself, which listens on loopback',
  'src/egress/**': 'SCRAPE_PROXIES; all else there asks the policy',
}

/** Files that ask the system's name servers, and connect to nothing that these say. */
export const askingNames = ['src/blocks/verify-email/checks/mailServersByDns.ts']

/** Packages that open connections, and the files that may use them. */
export const connectingPackages = {
  pg: ['src/db/**'],
  bull: ['src/queue/**'],
  ioredis: ['src/queue/**', 'src/gateway/rate-store/**', 'src/access/request-limits/redis.ts'],
  'openid-client': ['src/access/oidc/**'],
  // Answers; what it could fetch by itself is switched off.
  'oidc-provider': ['src/access/oauth-server/provider.ts'],
  socks: ['src/egress/tunnel.ts'],
  // It is given the socket (getSocket); by access/mail.ts the operator's own server.
  nodemailer: ['src/connectors/protocols/smtp.ts', 'src/access/mail.ts'],
}

/** All other packages of the hub: they open no connection that we do not give them. */
export const quietPackages = [
  '@electric-sql/pglite',
  '@faker-js/faker',
  'age-encryption',
  'ajv',
  'ajv-formats',
  'cheerio',
  'chokidar',
  'cockatiel',
  'cookie',
  'csv-parse',
  'csv-stringify',
  'disposable-email-domains-js',
  'express',
  'free-email-domains',
  'helmet',
  'ipaddr.js',
  'jose',
  'jsonata',
  'kysely',
  'libphonenumber-js',
  'mailcheck',
  'maxmind',
  'pino',
  'prom-client',
  'robots-parser',
  'smtp-server',
  'tldts',
  'typebox',
  'yaml',
]

/** Node's own modules that open connections or ask name servers; what is named does neither. */
const modules = ['net', 'tls', 'http', 'https', 'http2', 'dgram', 'dns', 'dns/promises', 'inspector']
const harmless = {
  net: ['isIP', 'isIPv4', 'isIPv6', 'BlockList'],
  tls: ['TLSSocket'],
  http: ['createServer'],
  inspector: ['Session'],
}

const message =
  'Connections are opened by src/egress alone, which asks the policy (ways-out.mjs; docs/egress.md). ' +
  'Types may be imported.'

const restricted = (packages, withDns) => ({
  paths: [
    ...modules
      .filter((name) => withDns || !name.startsWith('dns'))
      .flatMap((name) =>
        [name, `node:${name}`].map((path) => ({
          name: path,
          message,
          allowTypeImports: true,
          ...(harmless[name] && { allowImportNames: harmless[name] }),
        })),
      ),
    ...packages.map((name) => ({ name, message, allowTypeImports: true })),
  ],
})

const rule = (packages, withDns = true) => ({
  '@typescript-eslint/no-restricted-imports': ['error', restricted(packages, withDns)],
})

const allPackages = [...Object.keys(connectingPackages), 'axios', 'undici', 'got', 'node-fetch', 'ws']
const without = (...names) => allPackages.filter((name) => !names.includes(name))
const tests = ['**/*.test.ts', '**/testing/**']
const free = Object.keys(ofOperator)

/** As part of a pattern in a selector, in which no slash may stand: dns/promises. */
const ownModules = modules.join('|').replace('/', '.')

/** For eslint.config.mjs. */
export const rules = [
  {
    // Not as the hub's other rules are written: those are taken over by the tests and the benchmarks.
    files: ['src/**/*.{ts,mts}'],
    ignores: [...tests, ...free],
    rules: {
      ...rule(allPackages),
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'Request'].map((name) => ({ name, message })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'globalThis', property: 'fetch', message },
        { object: 'process', property: 'getBuiltinModule', message },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: `ImportExpression[source.value=/^(node:)?(${ownModules})$|^(${allPackages.join('|')})$/]`,
          message,
        },
      ],
    },
  },
  { files: ['src/connectors/protocols/smtp.ts'], ignores: tests, rules: rule(without('nodemailer')) },
  { files: ['src/gateway/rate-store/**/*.ts'], ignores: tests, rules: rule(without('ioredis')) },
  { files: ['src/access/oauth-server/provider.ts'], ignores: tests, rules: rule(without('oidc-provider')) },
  { files: askingNames, ignores: tests, rules: rule(allPackages, false) },
  // A room that is free to connect is so by its own package only.
  { files: ['src/db/**/*.ts'], ignores: tests, rules: rule(without('pg')) },
  { files: ['src/queue/**/*.ts'], ignores: tests, rules: rule(without('bull', 'ioredis')) },
]
