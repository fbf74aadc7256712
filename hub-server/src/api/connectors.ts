import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import type { Apps } from '../accounts/apps.ts'
import type { Connections } from '../accounts/connections.ts'
import { creditsOf, type Connector, type Problem } from '../connectors/index.ts'
import { HubError } from '../contracts/errors.ts'
import { ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

const Mistake = Type.Object({
  file: Type.String(),
  line: Type.Integer(),
  column: Type.Integer(),
  message: Type.String(),
  instead: Type.String({ description: 'What to write instead' }),
})

const Shown = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  docs: Type.String({ description: 'The vendor’s own page' }),
  groups: Type.Array(Type.String()),
  capabilities: Type.Array(Type.String()),
  icon: Type.String(),
  auth: Type.Object({
    fields: Type.Array(Type.Unknown()),
    consent: Type.Optional(
      Type.Object(
        {
          redirectUri: Type.String({
            description: 'What to register at the vendor as the redirect address of your app',
          }),
          hasApp: Type.Boolean({ description: 'Whether your client id and secret are kept already' }),
        },
        { description: 'Where an account may be connected on the vendor’s own page' },
      ),
    ),
  }),
  prices: Type.Array(
    Type.Object({
      capability: Type.String(),
      price: Type.Integer({ description: 'Micro-USD at most' }),
      results: Type.Optional(Type.Integer({ description: 'For so many results; absent: for one item' })),
    }),
    { description: 'What the service takes; nothing that it charges for and that is not here is known' },
  ),
  priceSource: Type.Optional(
    Type.Object({
      page: Type.Optional(Type.String()),
      on: Type.Optional(Type.String({ description: 'When it was read' })),
      note: Type.Optional(Type.String()),
    }),
  ),
  checked: Type.Unknown({ description: 'What it was checked against, and when' }),
  connected: Type.Boolean({ description: 'Whether this workspace can use it in this mode' }),
})

export const Connectors = Type.Object({
  connectors: Type.Array(Shown),
  problems: Type.Array(Mistake, {
    description: 'Your own connectors (CONNECTORS_DIR) that were left out, and why',
  }),
})
export type Connectors = Static<typeof Connectors>

const shown = (connector: Connector, connected: boolean, consent: { redirectUri: string; hasApp: boolean }) => {
  const { id, name, docs, description, checked, auth } = connector.manifest
  const fields = Object.entries(auth.fields).map(([field, { choices, ...rest }]) => ({
    name: field,
    ...rest,
    ...(choices && { options: choices.map((value) => ({ value, label: value })) }),
  }))
  const { prices, priceSource } = pricesOf(connector)
  const capabilities = [...new Set([...connector.operations.values()].map(({ capability }) => capability.name))]
  return {
    id,
    name,
    ...(description && { description }),
    docs,
    groups: [...new Set([...connector.operations.values()].flatMap(({ capability: { group } }) => group ?? []))],
    capabilities,
    icon: `/v1/connectors/${id}/icon`,
    auth: { fields, ...(asksConsent(connector) && { consent }) },
    prices,
    ...(priceSource && { priceSource }),
    checked,
    connected,
  }
}

/** One price a capability: what an item, or so many results, cost at most. */
const pricesOf = (connector: Connector) => {
  const { price } = connector.manifest
  if (!price) return { prices: [] }
  const byCapability = Map.groupBy(connector.operations.values(), ({ capability }) => capability.name)
  const prices = [...byCapability].map(([capability, operations]) => {
    const dearest = operations.reduce((most, next) =>
      creditsOf(connector, next.key) > creditsOf(connector, most.key) ? next : most,
    )
    const { credits } = dearest.manifest
    return {
      capability,
      price: Math.round(creditsOf(connector, dearest.key) * price.credit),
      ...(typeof credits === 'object' && { results: credits.results }),
    }
  })
  const { source, on, note } = price
  return {
    prices: prices.filter((each) => each.price > 0 || price.credit === 0),
    priceSource: { ...(source && { page: source }), ...(on && { on }), ...(note && { note }) },
  }
}

const asksConsent = ({ compiled }: Connector): boolean =>
  compiled.tokens.some(({ manifest }) => manifest.grant === 'authorization_code')

export interface ConnectorParts {
  readonly connectors: () => ReadonlyMap<string, Connector>
  /** What is wrong with users' own. */
  readonly connectorProblems: () => readonly Problem[]
  readonly connections: Connections
  readonly apps: Apps
  readonly redirectUri: string
}

export const connectorRoutes = ({
  connectors,
  connectorProblems,
  connections,
  apps,
  redirectUri,
}: ConnectorParts): Route[] => [
  route({
    method: 'get',
    path: '/v1/connectors',
    group: 'Connectors',
    summary: 'The outside services that the hub can work with',
    query: Type.Object({
      capability: Type.Optional(
        Type.String({ description: 'Only those that can do this, e.g. verifyEmail or sendMessage.sms' }),
      ),
    }),
    answers: { 200: Connectors },
    handle: async ({ holder, query }) => {
      const mine = new Set((await connections.list(holder)).map(({ connector }) => connector))
      const withApp = new Set((await apps.list(holder)).map(({ connector }) => connector))
      const isAble = ({ operations }: Connector): boolean =>
        [...operations.values()].some(
          ({ key, capability }) => query.capability === key || query.capability === capability.name,
        )
      const all = [...connectors().values()]
        .filter((connector) => !query.capability || isAble(connector))
        .map((connector) =>
          shown(connector, holder.mode === 'test' || mine.has(connector.id), {
            redirectUri,
            hasApp: withApp.has(connector.id),
          }),
        )
      return ok({ connectors: all.sort((a, b) => a.name.localeCompare(b.name)), problems: connectorProblems() })
    },
  }),
  route({
    method: 'get',
    path: '/v1/connectors/{id}/icon',
    group: 'Connectors',
    summary: 'The icon of a connector, SVG',
    open: true,
    answers: { 200: 'image/svg+xml' },
    handle: async ({ params, response }) => {
      const connector = connectors().get(idOf(params))
      const file = connector && join(connector.folder, 'icon.svg')
      if (!file || !existsSync(file)) throw new HubError('not_found', `There is no icon of ${params.id}.`)
      response.type('image/svg+xml').setHeader('Cache-Control', 'public, max-age=86400')
      await new Promise<void>((resolve, reject) =>
        response.sendFile(file, { dotfiles: 'allow' }, (error) => (error ? reject(error) : resolve())),
      )
      return { status: 200 }
    },
  }),
]
