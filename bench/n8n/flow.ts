import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { N8n } from '../../launcher/bring-up.ts'
import { readPatiently } from '../../launcher/n8n/read-patiently.ts'

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
  name,
  type: `n8n-nodes-ainow.${type}`,
  typeVersion: 1,
  parameters,
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

/** Puts a flow into n8n, has `work` use its webhook, and switches it off again. */
const installed = async <Out>(
  n8n: N8n,
  flow: Flow,
  answers: object,
  work: (webhook: string, id: string) => Promise<Out>,
): Promise<Out> => {
  const path = crypto.randomUUID()
  const webhook = { httpMethod: 'POST', path, options: {}, ...answers }
  const nodes = [
    { name: 'Start', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, parameters: webhook, webhookId: path },
    ...flow.nodes,
  ]
  const workflow = {
    name: flow.name,
    settings: { executionOrder: 'v1' },
    connections: connectionsOf(flow.arrows),
    nodes: nodes.map((node, at) => ({
      ...node,
      id: `node-${at}`,
      position: [at * 220, 0],
      ...(node.type.startsWith('n8n-nodes-ainow.') && { credentials: { aiNowHubApi: n8n.credentials.test } }),
    })),
  }
  const { id } = await n8n.api.send<{ id: string }>(`Importing “${flow.name}”`, 'POST', '/workflows', workflow)
  await n8n.api.send(`Activating “${flow.name}”`, 'POST', `/workflows/${id}/activate`)
  const out = await work(`${n8n.address}/webhook/${path}`, id)
  await n8n.api.send(`Deactivating “${flow.name}”`, 'POST', `/workflows/${id}/deactivate`)
  return out
}

/** Sends a flow a list as a webhook's sender would, and gives the rows of its last node. */
export const runFlow = <Row>(n8n: N8n, flow: Flow, leads: readonly object[]): Promise<Row[]> =>
  installed(n8n, flow, { responseMode: 'lastNode', responseData: 'allEntries' }, (webhook) =>
    posted<Row[]>(webhook, { leads }),
  )

/** What a node gave, and which of its incoming items each came from. */
export interface Item<Fields> {
  readonly json: Fields
  readonly pairedItem?: { readonly item: number }
}

interface Listed {
  readonly data: readonly { readonly id: string; readonly status: string }[]
}

interface Execution<Fields> {
  readonly id: string
  readonly status: string
  readonly data: {
    readonly resultData: {
      readonly error?: { readonly message: string; readonly description?: string }
      readonly runData: Readonly<
        Record<string, readonly { readonly data: { readonly main: readonly (readonly Item<Fields>[])[] } }[]>
      >
    }
  }
}

/**
 * The same without an answer to the sender.
 * @param ended called when n8n has ended and saved the execution, before anything is read of it
 * @returns what a node gave, as n8n has saved it
 */
export const executeFlow = <Fields>(
  n8n: N8n,
  flow: Flow,
  leads: readonly object[],
  ended: () => void,
): Promise<(node: string) => readonly Item<Fields>[]> =>
  installed(n8n, flow, { responseMode: 'onReceived' }, async (webhook, workflow) => {
    await posted(webhook, { leads })
    for (;;) {
      await pause(1000)
      const {
        data: [last],
      } = await readPatiently(() =>
        n8n.api.get<Listed>('Listing the executions', `/executions?workflowId=${workflow}&limit=1`),
      )
      if (!last || ['new', 'running', 'waiting'].includes(last.status)) continue
      ended()
      const { data } = await readPatiently(() =>
        n8n.api.get<Execution<Fields>>('Reading the execution', `/executions/${last.id}?includeData=true`),
      )
      const { error } = data.resultData
      if (last.status !== 'success')
        throw new Error(`the execution ended as ${last.status}: ${error?.message} ${error?.description ?? ''}`)
      return (node) => data.resultData.runData[node]?.[0]?.data.main[0] ?? []
    }
  })

/** As fetch, which gives up after five minutes without an answer. */
const posted = async <Answer>(address: string, body: object): Promise<Answer> => {
  const text = JSON.stringify(body)
  for (;;) {
    const { status, said } = await new Promise<{ status: number; said: string }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      request(address, { method: 'POST', headers }, (response) => {
        response
          .toArray()
          .then(
            (pieces) => resolve({ status: response.statusCode ?? 0, said: Buffer.concat(pieces).toString() }),
            reject,
          )
      })
        .on('error', reject)
        .end(text)
    })
    if (status === 200) return JSON.parse(said)
    // n8n registers a webhook some moments after it says that the workflow is active.
    if (status !== 404) throw new Error(`n8n answered ${status}: ${said.slice(0, 500)}`)
    await pause(100)
  }
}
