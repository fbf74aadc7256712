import { Type } from 'typebox'
import { Id } from '../contracts/bounded.ts'
import type { Apps } from '../accounts/apps.ts'
import type { Connections } from '../accounts/connections.ts'
import { creditsOf, iconOf, type Connector, type Problem } from '../connectors/index.ts'
import { Connectors, type ShownConnector } from '../contracts/connector.ts'
import { HubError } from '../contracts/errors.ts'
import { ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

const shown = (
  connector: Connector,
  connected: boolean,
  consent: ShownConnector['auth']['consent'],
): ShownConnector => {
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

/** Of an SVG that somebody opens by itself nothing runs and nothing is fetched: it may be a user's. */
const pictureAlone = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'public, max-age=86400',
  'Cross-Origin-Resource-Policy': 'cross-origin',
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
    permission: 'hub.read',
    summary: 'The outside services that the hub can work with',
    query: Type.Object({
      capability: Type.Optional(
        Id({ description: 'Only those that can do this, e.g. verifyEmail or sendMessage.sms' }),
      ),
    }),
    answers: { 200: Connectors },
    handle: async ({ caller, query }) => {
      const mine = new Set((await connections.list(caller)).map(({ connector }) => connector))
      const withApp = new Set((await apps.list(caller)).map(({ connector }) => connector))
      const isAble = ({ operations }: Connector): boolean =>
        [...operations.values()].some(
          ({ key, capability }) => query.capability === key || query.capability === capability.name,
        )
      const all = [...connectors().values()]
        .filter((connector) => !query.capability || isAble(connector))
        .map((connector) =>
          shown(connector, caller.mode === 'test' || mine.has(connector.id), {
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
    permission: 'open',
    answers: { 200: 'image/svg+xml' },
    handle: async ({ params, response }) => {
      const connector = connectors().get(idOf(params))
      const icon = connector && (await iconOf(connector))
      if (!icon) throw new HubError('not_found', `There is no icon of ${idOf(params)}.`)
      response.type('image/svg+xml').set(pictureAlone).send(icon)
      return { status: 200 }
    },
  }),
]
