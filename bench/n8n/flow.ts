import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { N8n } from '../../launcher/bring-up.ts'

export interface Node {
  readonly name: string
  readonly type: string
  readonly typeVersion: number
  readonly parameters: object
  readonly onError?: 'continueRegularOutput'
  readonly retryOnFail?: boolean
}

export interface Flow {
  readonly name: string
  /** Behind a webhook named Start, which answers with what the last node gave. */
  readonly nodes: readonly Node[]
  /** From → to, both with the output's or input's number where it is not the first: `Loop:1`. */
  readonly arrows: readonly (readonly [string, string])[]
}

/** A block of ours, with the hub's credential for mode test. */
export const block = (name: string, type: string, parameters: object = {}): Node => ({
  name, type: `n8n-nodes-ainow.${type}`, typeVersion: 1, parameters,
})

const connectionsOf = (arrows: Flow['arrows']): object => {
  const connections: Record<string, { main: { node: string; type: 'main'; index: number }[][] }> = {}
  for (const [from, to] of arrows) {
    const [source = '', output = '0'] = from.split(':')
    const [node = '', input = '0'] = to.split(':')
    const { main } = (connections[source] ??= { main: [] })
    while (main.length <= Number(output)) main.push([])
    main[Number(output)]?.push({ node, type: 'main', index: Number(input) })
  }
  return connections
}

/** Puts a flow into n8n, sends it a list as a webhook's sender would, and gives the rows of its last node. */
export const runFlow = async <Row>(n8n: N8n, flow: Flow, leads: readonly object[]): Promise<Row[]> => {
  const path = crypto.randomUUID()
  const webhook = { httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'allEntries', options: {} }
  const nodes = [{ name: 'Start', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, parameters: webhook, webhookId: path }, ...flow.nodes]
  const workflow = {
    name: flow.name,
    settings: { executionOrder: 'v1' },
    connections: connectionsOf(flow.arrows),
    nodes: nodes.map((node, at) => ({
      ...node, id: `node-${at}`, position: [at * 220, 0],
      ...(node.type.startsWith('n8n-nodes-ainow.') && { credentials: { aiNowHubApi: n8n.credentials.test } }),
    })),
  }
  const { id } = await n8n.api.send<{ id: string }>(`Importing “${flow.name}”`, 'POST', '/workflows', workflow)
  await n8n.api.send(`Activating “${flow.name}”`, 'POST', `/workflows/${id}/activate`)
  const rows = await posted<Row[]>(`${n8n.address}/webhook/${path}`, { leads })
  await n8n.api.send(`Deactivating “${flow.name}”`, 'POST', `/workflows/${id}/deactivate`)
  return rows
}

/** As fetch, which gives up after five minutes without an answer. */
const posted = async <Answer>(address: string, body: object): Promise<Answer> => {
  const text = JSON.stringify(body)
  for (;;) {
    const { status, said } = await new Promise<{ status: number; said: string }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      request(address, { method: 'POST', headers }, (response) => {
        response.toArray().then((pieces) => resolve({ status: response.statusCode ?? 0, said: Buffer.concat(pieces).toString() }), reject)
      }).on('error', reject).end(text)
    })
    if (status === 200) return JSON.parse(said)
    // n8n registers a webhook some moments after it says that the workflow is active.
    if (status !== 404) throw new Error(`n8n answered ${status}: ${said.slice(0, 500)}`)
    await pause(100)
  }
}
