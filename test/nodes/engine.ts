import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type {
  ICredentialDataDecryptedObject,
  ICredentialsHelper as CredentialsHelper,
  ExecutionStatus,
  ICredentialType,
  IHttpRequestOptions,
  IDataObject,
  INode,
  INodeExecutionData,
  INodeParameters,
  INodeType,
  INodeTypes,
  IRunExecutionData,
  IWorkflowExecuteAdditionalData,
  NodeExecutionHint,
} from 'n8n-workflow'

// n8n-core makes its folder when it is loaded.
process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'node-tests-'))
const { ExecutionLifecycleHooks, ExternalSecretsProxy, WorkflowExecute } = await import('n8n-core')
const { createRunExecutionData, ICredentialsHelper, Workflow } = await import('n8n-workflow')

const dist = resolve(import.meta.dirname, '../../dist')
const load = createRequire(import.meta.url)

/** A class of the built package. */
const built = <Kind>(path: string, name: string): Kind => {
  try {
    const { [name]: Made }: Record<string, new () => Kind> = load(join(dist, path))
    if (Made) return new Made()
  } catch (error) {
    throw new Error(`The built node package lacks ${path}: run "pnpm build" first.`, { cause: error })
  }
  throw new Error(`${path} does not export ${name}.`)
}

export const builtNode = (name: string) => built<INodeType>(`nodes/${name}/${name}.node.js`, name)
export const builtCredential = () => built<ICredentialType>('credentials/AiNowHubApi.credentials.js', 'AiNowHubApi')

/** Hands out the credential of each hub's address, and applies it as its type says. */
const credentialsHelper = (apiKey = 'ainow_test_key'): CredentialsHelper => {
  const { authenticate } = builtCredential()
  const headers = typeof authenticate === 'object' ? (authenticate.properties.headers ?? {}) : {}
  const filledWith = (data: ICredentialDataDecryptedObject) =>
    Object.entries(headers).map(([name, value]) => [
      name,
      String(value)
        .replace(/^=/, '')
        .replace(/\{\{\$credentials\.(\w+)\}\}/g, (_, field: string) => String(data[field])),
    ])
  return new (class extends ICredentialsHelper {
    getParentTypes = () => []
    isCredentialUsableByNode = () => true
    authenticate = async (data: ICredentialDataDecryptedObject, _type: string, request: object) => {
      const wanted: IHttpRequestOptions = { url: '', ...request }
      return { ...wanted, headers: { ...wanted.headers, ...Object.fromEntries(filledWith(data)) } }
    }
    preAuthentication = async () => undefined
    runPreAuthentication = async () => undefined
    getCredentials = () => Promise.reject(new Error('not used here'))
    getDecrypted = async (_data: unknown, { id }: { id: string | null }) => ({ baseUrl: String(id), apiKey })
    updateCredentials = async () => {}
    updateCredentialsOauthTokenData = async () => {}
    getCredentialsProperties = () => []
  })()
}

/** Gives the items that a run begins with. */
export const source = (items: INodeExecutionData[]): INodeType => ({
  description: {
    displayName: 'Source',
    name: 'source',
    group: ['trigger'],
    version: 1,
    description: '',
    defaults: { name: 'Source' },
    inputs: [],
    outputs: ['main'],
    properties: [],
  },
  execute: async () => [items],
})

export interface Wanted {
  node: string
  items: Record<string, unknown>[]
  parameters?: INodeParameters
  hub: string
  /** A block that works before it in the same execution, at another hub. */
  before?: { node: string; hub: string }
  onError?: INode['onError']
  executionId?: string
  /** An execution that ended badly and that a person retries, as n8n's executions service does. */
  retries?: Ran
  nodeName?: string
  /** The workflow is stopped when this ends. */
  stop?: Promise<void>
}

export interface Ran {
  /** The regular output. */
  items: INodeExecutionData[]
  /** The error output, where the node has one. */
  errors: INodeExecutionData[]
  /** What the node was stopped by. */
  error?: { message: string; description?: string | null; context?: { itemIndex?: number }; name: string }
  /** What n8n shows above the output. */
  hints: NodeExecutionHint[]
  /** What the browser's console was told meanwhile. */
  told: string[]
  /** What the whole execution ended as. */
  status: ExecutionStatus
  /** What n8n keeps of it. */
  data: IRunExecutionData
}

/** Executes a built node on n8n's own engine, behind a node that gives the items. */
export const execute = async (wanted: Wanted): Promise<Ran> => {
  const name = wanted.nodeName ?? wanted.node
  const given = source(wanted.items.map((json) => ({ json: JSON.parse(JSON.stringify(json)) })))
  const types: Readonly<Record<string, INodeType>> = {
    block: builtNode(wanted.node),
    before: builtNode(wanted.before?.node ?? wanted.node),
  }
  const typeOf = (type: string): INodeType => types[type] ?? given
  const nodeTypes: INodeTypes = { getByName: typeOf, getByNameAndVersion: typeOf, getKnownTypes: () => ({}) }
  const to = (node: string) => ({ node, type: 'main' as const, index: 0 })
  const place = { typeVersion: 1, position: [0, 0] as [number, number] }
  const workflow = new Workflow({
    id: 'workflow',
    name: 'Workflow',
    active: false,
    nodeTypes,
    settings: { executionOrder: 'v1' },
    nodes: [
      { ...place, id: '1', name: 'Source', type: 'source', parameters: {} },
      {
        ...place,
        id: '2',
        name,
        type: 'block',
        parameters: wanted.parameters ?? {},
        onError: wanted.onError,
        credentials: { aiNowHubApi: { id: wanted.hub, name: 'Hub' } },
      },
      ...(wanted.before
        ? [
            {
              ...place,
              id: '3',
              name: 'Before',
              type: 'before',
              parameters: {},
              credentials: { aiNowHubApi: { id: wanted.before.hub, name: 'Hub before' } },
            },
          ]
        : []),
    ],
    connections: wanted.before
      ? { Source: { main: [[to('Before')]] }, Before: { main: [[to(name)]] } }
      : { Source: { main: [[to(name)]] } },
  })
  const startNode = workflow.getNode('Source') ?? undefined
  const told: string[] = []
  const sendDataToUI = (_type: string, data: IDataObject | IDataObject[]) =>
    void told.push(...[data].flat().map(({ messages }) => String(messages)))
  const data = { ...additionalData(wanted, workflow), sendDataToUI }
  const running = wanted.retries
    ? new WorkflowExecute(data, 'retry', withoutError(wanted.retries.data, name)).processRunExecutionData(workflow)
    : new WorkflowExecute(data, 'manual').run({ workflow, startNode })
  void wanted.stop?.then(() => running.cancel())
  const run = await running
  const task = run.data.resultData.runData[name]?.at(-1)
  const [items, errors] = task?.data?.main ?? []
  return {
    items: items ?? [],
    errors: errors ?? [],
    error: task?.error,
    hints: task?.hints ?? [],
    told,
    status: run.status,
    data: run.data,
  }
}

/** What n8n hands to the execution that retries another (`retry` in its execution.service.ts). */
const withoutError = (data: IRunExecutionData, node: string): IRunExecutionData => {
  const kept: IRunExecutionData = JSON.parse(JSON.stringify(data))
  delete kept.resultData.error
  const runs = kept.resultData.runData[node] ?? []
  if (runs.at(-1)?.error) runs.pop()
  return kept
}

export const additionalData = (
  wanted: { executionId?: string; apiKey?: string },
  workflow: InstanceType<typeof Workflow>,
): IWorkflowExecuteAdditionalData => {
  const url = 'http://127.0.0.1:1/'
  const executionId = wanted.executionId ?? '17'
  return {
    executionId,
    currentNodeExecutionIndex: 0,
    variables: {},
    restApiUrl: url,
    instanceBaseUrl: url,
    formBaseUrl: url,
    formWaitingBaseUrl: url,
    formTestBaseUrl: url,
    webhookBaseUrl: url,
    webhookWaitingBaseUrl: url,
    webhookTestBaseUrl: url,
    mcpBaseUrl: url,
    mcpTestBaseUrl: url,
    credentialsHelper: credentialsHelper(wanted.apiKey),
    hooks: new ExecutionLifecycleHooks('manual', executionId, {
      id: workflow.id,
      name: 'Workflow',
      active: false,
      isArchived: false,
      nodes: [],
      connections: {},
      activeVersionId: null,
      createdAt: new Date(0),
      updatedAt: new Date(0),
    }),
    executeWorkflow: () => Promise.reject(new Error('not used here')),
    getRunExecutionData: async () => createRunExecutionData(),
    getRuntimeCredential: async () => undefined,
    logAiEvent: () => {},
    startRunnerTask: () => Promise.reject(new Error('not used here')),
    externalSecretsProxy: new ExternalSecretsProxy(),
  }
}
