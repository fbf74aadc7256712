import { randomUUID } from 'node:crypto'
import { credentialType, type Credential } from '../n8n/credentials.ts'
import { Problem } from '../problem.ts'

type Parameters = {
  path?: string
  options?: { path?: string }
  formFields?: { values?: { fieldLabel?: string }[] }
}
export type WorkflowNode = {
  name: string
  type: string
  parameters: Parameters
  webhookId?: string
  credentials?: Record<string, Credential>
}
export type Workflow = {
  name: string
  nodes: WorkflowNode[]
  connections: Record<string, unknown>
  settings?: Record<string, unknown>
  pinData?: Record<string, unknown>
}

/**
 * The template as the demo runs it: with the test credential in the hub's blocks, a form address of its own
 * (the user may have the template imported too), and its data kept so that the leads can be read.
 */
export function prepare(template: Workflow, credential: Credential): Workflow {
  return {
    name: `${template.name} (demo)`,
    connections: template.connections,
    // Without any, n8n's editor fails at “Execute step” in what came by its API.
    pinData: {},
    settings: { ...template.settings, saveDataSuccessExecution: 'all', saveDataErrorExecution: 'all' },
    nodes: template.nodes.map((node) => ({
      ...withCredential(node, credential),
      ...(isForm(node) ? { webhookId: randomUUID() } : {}),
    })),
  }
}

function withCredential(node: WorkflowNode, credential: Credential): WorkflowNode {
  const isBlock = node.type.startsWith('n8n-nodes-ainow.') || node.credentials?.[credentialType] !== undefined
  if (!isBlock) return node
  return {
    ...node,
    credentials: { ...node.credentials, [credentialType]: { id: credential.id, name: credential.name } },
  }
}

function isForm(node: WorkflowNode): boolean {
  return node.type === 'n8n-nodes-base.formTrigger'
}

/** Where a workflow's form takes its answers: the path below n8n's address and the name of the field. */
export type Form = { path: string; field: string }

/**
 * Finds the form of a workflow and the name under which a field is sent (n8n numbers them: `field-0`, …).
 * @throws Problem when the template has no form or no field with this label
 */
export function formOf(workflow: Workflow, label: string): Form {
  const node = workflow.nodes.find(isForm)
  if (node === undefined) throw new Problem(`The template “${workflow.name}” has no form to fill in.`)
  const at = (node.parameters.formFields?.values ?? []).findIndex((field) => field.fieldLabel === label)
  if (at < 0) throw new Problem(`The form of the template “${workflow.name}” has no field “${label}”.`)
  const path = node.parameters.path || node.parameters.options?.path || node.webhookId
  return { path: `/form/${path}`, field: `field-${at}` }
}
