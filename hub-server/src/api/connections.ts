import { Type } from 'typebox'
import type { Connections } from '../access/connections.ts'
import { holds, type Connector } from '../connectors/index.ts'
import { Connection, ConnectionInput } from '../contracts/connection.ts'
import { HubError } from '../contracts/errors.ts'
import type { Scope } from '../contracts/scope.ts'
import { ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

export interface ConnectionParts {
  readonly connectors: () => ReadonlyMap<string, Connector>
  readonly connections: Connections
  /** Asks the vendor whether the account is good; costs nothing. Null when it is. */
  readonly test: (scope: Scope, connection: string) => Promise<HubError | null>
}

export const connectionRoutes = ({ connectors, connections, test }: ConnectionParts): Route[] => {
  const inputOf = (body: ConnectionInput) => {
    const connector = connectors().get(body.connector)
    if (!connector)
      throw new HubError('invalid_input', `There is no connector “${body.connector}”.`, { advice: `The connectors are: ${[...connectors().keys()].sort().join(', ')}.` })
    const all = Object.entries(connector.manifest.auth.fields)
    const given = Object.fromEntries(all.map(([name, field]) => [name, body.fields[name]?.trim() || field.default || '']))
    const known = all.filter(([, field]) => holds(field.if, given))
    const missing = known.filter(([name, field]) => !field.optional && !given[name])
    const unknown = Object.keys(body.fields).filter((name) => !(name in connector.manifest.auth.fields))
    if (missing.length + unknown.length > 0)
      throw new HubError('invalid_input', [...missing.map(([, field]) => `${field.label} is missing.`), ...unknown.map((name) => `${connector.manifest.name} has no field “${name}”.`)].join(' '), {
        fields: [...missing.map(([name]) => ({ path: `/fields/${name}`, message: 'is missing' })), ...unknown.map((name) => ({ path: `/fields/${name}`, message: 'is not a field of this connector' }))],
      })
    const fields = Object.fromEntries(known.flatMap(([name]) => (given[name] ? [[name, given[name]]] : [])))
    const secretNames = known.filter(([, field]) => field.secret).map(([name]) => name)
    return { connector: connector.id, name: body.name?.trim() || connector.manifest.name, fields, secretNames, limits: body.limits, creditPrice: body.creditPrice }
  }

  return [
    route({
      method: 'get',
      path: '/v1/connections',
      group: 'Connections',
      summary: 'The connected accounts, never with a secret',
      answers: { 200: Type.Object({ connections: Type.Array(Connection) }) },
      handle: async ({ holder }) => ok({ connections: await connections.list(holder) }),
    }),
    route({
      method: 'post',
      path: '/v1/connections',
      group: 'Connections',
      summary: 'Connect an account',
      body: ConnectionInput,
      answers: { 201: Connection },
      handle: async ({ holder, body }) => ({ status: 201, body: await connections.create(holder, inputOf(body)) }),
    }),
    route({
      method: 'get',
      path: '/v1/connections/{id}',
      group: 'Connections',
      summary: 'One connected account',
      answers: { 200: Connection },
      handle: async ({ holder, params }) => ok(await connections.get(holder, idOf(params))),
    }),
    route({
      method: 'put',
      path: '/v1/connections/{id}',
      group: 'Connections',
      summary: 'Replace the fields of an account',
      body: ConnectionInput,
      answers: { 200: Connection },
      handle: async ({ holder, params, body }) => ok(await connections.replace(holder, idOf(params), inputOf(body))),
    }),
    route({
      method: 'delete',
      path: '/v1/connections/{id}',
      group: 'Connections',
      summary: 'Disconnect an account; its secrets are deleted',
      answers: { 204: null },
      handle: async ({ holder, params }) => {
        await connections.remove(holder, idOf(params))
        return { status: 204 }
      },
    }),
    route({
      method: 'post',
      path: '/v1/connections/{id}/test',
      group: 'Connections',
      summary: 'Ask the vendor whether the account is good; costs nothing',
      answers: { 200: Type.Object({ ok: Type.Boolean(), message: Type.String(), connection: Connection }) },
      handle: async ({ holder, params }) => {
        const { id, connector } = await connections.get(holder, idOf(params))
        const error = await test(holder, id)
        const name = connectors().get(connector)?.manifest.name ?? connector
        const message = error ? `${error.message} ${error.advice}` : `${name} accepts this account.`
        const status = error ? 'refused' : 'working'
        return ok({ ok: !error, message, connection: await connections.markTested(holder, id, status, message) })
      },
    }),
  ]
}
