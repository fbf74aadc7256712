import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Capability } from '../../hub-server/src/capabilities/capability.ts'
import {
  batchSize,
  creditsOf,
  loadConnectors,
  type Connector,
  type Limit,
} from '../../hub-server/src/connectors/index.ts'

/**
 * Makes docs/connectors.md from the connectors.
 *
 *   node test/generate/catalogue.ts            writes it
 *   node test/generate/catalogue.ts --check    says whether it is stale, and fails if so
 */
const page = fileURLToPath(new URL('../../docs/connectors.md', import.meta.url))
const builtIn = fileURLToPath(new URL('../../hub-server/connectors', import.meta.url))

const shelves: readonly NonNullable<Capability['group']>[] = [
  'Find',
  'Scrape',
  'Verify',
  'Enrich',
  'CRM',
  'Reach',
  'Audience',
  'Rows',
  'Analytics',
  'Text',
]

/** The shelves that a connector stands on; on the first of them it is described. */
const shelvesOf = ({ operations }: Connector) => [
  ...new Set([...operations.values()].flatMap(({ capability: { group } }) => group ?? [])),
]

const number = (value: number): string => value.toLocaleString('en-US')
const usd = (micro: number): string => `${(micro / 1_000_000).toFixed(6).replace(/0+$/, '').replace(/\.$/, '')} USD`
const source = ({ source: address, on }: { source?: string; on?: string }): string =>
  address ? ` ([page](${address}), ${on})` : ''

/** What it can do: each capability once, with the kinds of records, the greatest batch and the credits. */
const abilities = (connector: Connector): string[] =>
  [...Map.groupBy(connector.operations.values(), ({ capability }) => capability)].map(
    ([{ description }, operations]) => {
      const kinds = operations.flatMap(({ object }) => object ?? [])
      const most = Math.max(...operations.map(({ key }) => batchSize(connector, key)))
      const credits = Math.max(...operations.map(({ key }) => creditsOf(connector, key)))
      const more = [
        kinds.join(', '),
        most > 1 ? `up to ${number(most)} in one call` : '',
        credits > 0 ? `at most ${number(credits)} ${credits === 1 ? 'credit' : 'credits'}` : '',
      ].filter(Boolean)
      return `${description}${more.length > 0 ? ` (${more.join('; ')})` : ''}`
    },
  )

const grants = {
  authorization_code: 'on the vendor’s own page, through an App of yours (OAuth 2.0)',
  client_credentials: 'with a client’s id and secret (OAuth 2.0)',
  jwt: 'with a service account’s key',
  login: 'with a log-in',
}

const logIn = ({ manifest: { auth }, compiled: { tokens } }: Connector): string => {
  const ways = tokens.map(({ manifest: { grant } }) => grants[grant])
  const fields = Object.values(auth.fields).map(({ label, optional }) => (optional ? `${label} (optional)` : label))
  return [...ways, ...(fields.length > 0 ? [`fields: ${fields.join(', ')}`] : [])].join('; ') || 'needs none'
}

const against = {
  official: 'the vendor’s own description',
  sdk: 'the vendor’s own client',
  docs: 'what its pages say',
  nothing: '**nothing (Unproven)**',
}

const windows: Readonly<Record<string, string>> = { '1s': 'a second', '1m': 'a minute', '1h': 'an hour', '1d': 'a day' }

const limit = ({ calls, per, concurrency, server, bucket, operation }: Limit): string => {
  const most = [
    calls === undefined ? '' : `${number(calls)} calls ${windows[per ?? ''] ?? `in ${per}`}`,
    concurrency === undefined ? '' : `${number(concurrency)} at once`,
  ]
    .filter(Boolean)
    .join(', ')
  const where = [operation, server, bucket].filter((name) => name !== undefined && name !== 'default').join(', ')
  return where ? `${where}: ${most}` : most
}

/** Limits that one page states, with that page. */
const limitsOf = (limits: readonly Limit[]): string =>
  [...Map.groupBy(limits, source)].map(([from, ofPage]) => ofPage.map(limit).join('; ') + from).join('; ')

const priceOf = (connector: Connector): string => {
  const { price } = connector.manifest
  if (price?.credit === 0) return `none${source(price)}`
  if (price) return `${usd(price.credit)} a credit${source(price)}${price.note ? `: ${price.note}` : ''}`
  const takesCredits = [...connector.operations.keys()].some((operation) => creditsOf(connector, operation) > 0)
  return takesCredits ? 'not known: set what you pay on the connection' : 'none for a call that is known of'
}

const entry = (connector: Connector): string[] => {
  const { id, name, description, docs, checked, limits, receives } = connector.manifest
  return [
    `### ${name}`,
    '',
    `\`${id}\`: ${description ?? name}. [Its documentation](${docs}).`,
    '',
    ...abilities(connector).map((ability) => `- ${ability}`),
    ...(receives ? [`- Is told by it: ${Object.keys(receives).join(', ')}`] : []),
    `- **Log-in** ${logIn(connector)}`,
    `- **Checked against** ${against[checked?.against ?? 'nothing']}` +
      (checked?.on ? `, ${checked.on}` : '') +
      (checked?.note ? `. ${checked.note}` : ''),
    `- **Price** ${priceOf(connector)}`,
    `- **Limits** ${limitsOf(limits ?? []) || 'not known: set them on the connection if you meet one'}`,
    '',
  ]
}

/** The page, as the connectors want it now. */
export const catalogue = async (): Promise<string> => {
  const all = [...(await loadConnectors({ builtIn })).connectors.values()].sort((a, b) =>
    a.manifest.name.localeCompare(b.manifest.name, 'en'),
  )
  const unproven = all.filter(({ manifest: { checked } }) => (checked?.against ?? 'nothing') === 'nothing')
  return (
    [
      '<!-- Made by test/generate/catalogue.ts from hub-server/connectors. Change it there. -->',
      '# The connectors',
      '',
      `${all.length} outside services. Each is a folder in \`hub-server/connectors\`: [Writing a ` +
        'connector](writing-a-connector.md) says how one',
      'is made, and [Your own CRM](your-own-crm.md) shows a whole one. A connection may override price and limits. ' +
        'Not checked against',
      `anything certain: ${unproven.map(({ manifest: { name } }) => name).join(', ') || 'none'}.`,
      '',
      ...shelves.flatMap((shelf) => {
        const here = all.filter((connector) => shelvesOf(connector)[0] === shelf)
        const also = all.filter((connector) => !here.includes(connector) && shelvesOf(connector).includes(shelf))
        return [
          `## ${shelf}`,
          '',
          ...(also.length > 0
            ? [`Also: ${also.map(({ manifest: { name } }) => `[${name}](#${anchor(name)})`).join(', ')}.`, '']
            : []),
          ...here.flatMap(entry),
        ]
      }),
    ]
      .join('\n')
      .trimEnd() + '\n'
  )
}

/** As GitHub makes one of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')

export const isFresh = async (): Promise<boolean> => readFileSync(page, 'utf8') === (await catalogue())

const isMain = import.meta.url === pathToFileURL(process.argv[1] ?? '').href
if (isMain && process.argv.includes('--check')) {
  if (!(await isFresh())) {
    process.stderr.write(`Stale, run "node test/generate/catalogue.ts": ${page}\n`)
    process.exitCode = 1
  }
} else if (isMain) writeFileSync(page, await catalogue())
