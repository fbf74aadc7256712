import { Type } from 'typebox'
import { lengths, ListOf } from '../contracts/bounded.ts'
import { appFields, type Apps } from '../accounts/apps.ts'
import type { Connections } from '../accounts/connections.ts'
import { holds, tokenWayOf, type Connector } from '../connectors/index.ts'
import { App, Connection, ConnectionInput, KeyTest } from '../contracts/connection.ts'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import { noContent, ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

export interface ConnectionParts {
  readonly connectors: () => ReadonlyMap<string, Connector>
  readonly connections: Connections
  /** Asks the vendor whether the account is good, and notes the answer; costs nothing. */
  readonly testConnection: (scope: Scope, connection: string) => Promise<Connection>
  readonly apps: Apps
}

export const connectionRoutes = ({ connectors, connections, testConnection, apps }: ConnectionParts): Route[] => {
  /** Takes the App's fields apart: they are kept for all accounts at this connector. */
  const inputOf = async (scope: Scope, body: ConnectionInput) => {
    const connector = connectors().get(body.connector)
    if (!connector)
      throw new HubError('invalid_input', `There is no connector “${body.connector}”.`, {
        advice: `The connectors are: ${[...connectors().keys()].sort().join(', ')}.`,
      })
    const all = Object.entries(connector.manifest.auth.fields)
    const given = Object.fromEntries(
      all.map(([name, field]) => [name, body.fields[name]?.trim() || field.default || '']),
    )
    const known = all.filter(([, field]) => holds(field.if, given))
    const consent = tokenWayOf(connector, given)?.manifest.grant === 'authorization_code'
    if (consent && scope.mode === 'test')
      throw new HubError(
        'wrong_mode',
        `In mode test ${connector.manifest.name} is connected already, to the sandbox.`,
        { advice: 'Use the live key to connect a real account.' },
      )
    const ofApp = consent
      ? Object.fromEntries(appFields.flatMap((name) => (given[name] ? [[name, given[name]]] : [])))
      : {}
    const hasApp = consent && (await apps.list(scope)).some((app) => app.connector === connector.id)
    const missing = known.filter(
      ([name, field]) => !field.optional && !given[name] && !(hasApp && appFields.includes(name)),
    )
    const unknown = Object.keys(body.fields).filter((name) => !Object.hasOwn(connector.manifest.auth.fields, name))
    if (missing.length + unknown.length > 0)
      throw new HubError(
        'invalid_input',
        [
          ...missing.map(([, field]) => `${field.label} is missing.`),
          ...unknown.map((name) => `${connector.manifest.name} has no field “${name}”.`),
        ].join(' '),
        {
          fields: [
            ...missing.map(([name]) => ({ path: `/fields/${name}`, message: 'is missing' })),
            ...unknown.map((name) => ({ path: `/fields/${name}`, message: 'is not a field of this connector' })),
          ],
        },
      )
    if (Object.keys(ofApp).length > 0) await apps.save(scope, connector.id, ofApp)
    const fields = Object.fromEntries(
      known.flatMap(([name]) => (given[name] && !(name in ofApp) ? [[name, given[name]]] : [])),
    )
    const secretNames = known.filter(([, field]) => field.secret).map(([name]) => name)
    return {
      connector: connector.id,
      name: body.name?.trim() || connector.manifest.name,
      fields,
      secretNames,
      limits: body.limits,
      creditPrice: body.creditPrice,
      consent,
    }
  }

  return [
    route({
      method: 'get',
      path: '/v1/connections',
      group: 'Connections',
      permission: 'connections.read',
      summary: 'The connected accounts, never with a secret',
      answers: { 200: Type.Object({ connections: ListOf(Connection, { maxItems: lengths.manyEntries }) }) },
      handle: async ({ caller }) => ok({ connections: await connections.list(caller) }),
    }),
    route({
      method: 'post',
      path: '/v1/connections',
      group: 'Connections',
      permission: 'connections.write',
      summary: 'Connect an account',
      body: ConnectionInput,
      answers: { 201: Connection },
      handle: async ({ caller, body }) => ({
        status: 201,
        body: await connections.create(caller, await inputOf(caller, body)),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/connections/{id}',
      group: 'Connections',
      permission: 'connections.read',
      summary: 'One connected account',
      answers: { 200: Connection },
      handle: async ({ caller, params }) => ok(await connections.get(caller, idOf(params))),
    }),
    route({
      method: 'put',
      path: '/v1/connections/{id}',
      group: 'Connections',
      permission: 'connections.write',
      summary: 'Replace the fields of an account',
      body: ConnectionInput,
      answers: { 200: Connection },
      handle: async ({ caller, params, body }) =>
        ok(await connections.replace(caller, idOf(params), await inputOf(caller, body))),
    }),
    route({
      method: 'delete',
      path: '/v1/connections/{id}',
      group: 'Connections',
      permission: 'connections.write',
      summary: 'Disconnect an account; its secrets are deleted',
      answers: { 204: null },
      handle: async ({ caller, params }) => noContent(connections.remove(caller, idOf(params))),
    }),
    route({
      method: 'post',
      path: '/v1/connections/{id}/test',
      group: 'Connections',
      permission: 'connections.write',
      summary: 'Ask the vendor whether the account is good; costs nothing',
      answers: { 200: KeyTest },
      handle: async ({ caller, params }) => {
        const connection = await testConnection(caller, idOf(params))
        return ok({ ok: connection.status === 'working', message: connection.statusMessage ?? '', connection })
      },
    }),
    route({
      method: 'get',
      path: '/v1/apps',
      group: 'Connections',
      permission: 'connections.read',
      summary: 'Your own OAuth clients at the vendors, never with a secret',
      answers: { 200: Type.Object({ apps: ListOf(App) }) },
      handle: async ({ caller }) => ok({ apps: await apps.list(caller) }),
    }),
    route({
      method: 'delete',
      path: '/v1/apps/{connector}',
      group: 'Connections',
      permission: 'connections.write',
      summary: 'Forget your OAuth client at a vendor; its accounts must then be connected again with another one',
      answers: { 204: null },
      handle: async ({ caller, params }) => noContent(apps.remove(caller, params.connector ?? '')),
    }),
  ]
}
