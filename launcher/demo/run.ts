import { readFileSync } from 'node:fs'
import { askJson } from '../json-request.ts'
import { listAll, type N8nApi } from '../n8n/public-api.ts'
import { readPatiently } from '../n8n/read-patiently.ts'
import { inCheckout } from '../paths.ts'
import { Problem, textOf } from '../problem.ts'
import type { Hub, N8n } from '../bring-up.ts'
import type { HubKeys } from '../hub-process.ts'
import { until } from '../waiting.ts'
import { authorization, companiesPath, templateFile, websitesField, type Companies, type Lead } from './contract.ts'
import { leadsOf, type Execution } from './execution.ts'
import { formOf, prepare, type Form, type Workflow } from './workflow.ts'

/** The websites of the sandbox's companies. */
export async function sandboxWebsites({ address }: Hub, keys: HubKeys): Promise<string[]> {
  const { body } = await askJson<Companies>('Asking the sandbox for companies', `${address}${companiesPath}`, {
    headers: authorization(keys.test),
  })
  return body.companies.map((company) => company.website)
}

export type Imported = { id: string; form: Form }

/** Puts the flagship template into n8n (over the one of an earlier demo) and activates it. */
export async function importTemplate(n8n: N8n): Promise<Imported> {
  const template: Workflow = JSON.parse(readFileSync(inCheckout(templateFile), 'utf8'))
  const workflow = prepare(template, n8n.credentials.test)
  const existing = await listAll<{ id: string; name: string }>(n8n.api, 'Listing the workflows in n8n', '/workflows')
  const before = existing.find((one) => one.name === workflow.name)
  const what = 'Importing the template into n8n'
  const { id } = before
    ? await n8n.api.send<{ id: string }>(what, 'PUT', `/workflows/${before.id}`, workflow)
    : await n8n.api.send<{ id: string }>(what, 'POST', '/workflows', workflow)
  await n8n.api.send('Activating the template', 'POST', `/workflows/${id}/activate`)
  return { id, form: formOf(workflow, websitesField) }
}

/**
 * Sends the form as a browser would. n8n registers a form some moments after it says that it is active, so
 * the page is waited for first.
 */
export async function submitForm(n8n: N8n, form: Form, websites: string[], stop: AbortSignal): Promise<void> {
  const address = `${n8n.address}${form.path}`
  const look = async (): Promise<true | undefined> => {
    const page = await fetch(address)
    await page.arrayBuffer()
    return page.ok ? true : undefined
  }
  await until(look, { expectation: `The form of the template (${address}) did not open`, within: 20, stop })
  const fields = new FormData()
  fields.set(form.field, websites.join('\n'))
  // A form may answer only when the whole workflow has ended.
  const answer = await fetch(address, { method: 'POST', body: fields, signal: AbortSignal.timeout(300_000) })
  const text = await answer.text()
  if (!answer.ok) throw new Problem(`The form was not accepted: n8n answered ${answer.status}. ${text.slice(0, 300)}`)
}

/** Waits for the execution that the form has started and reads the leads from it. */
export async function awaitLeads(
  api: N8nApi,
  workflowId: string,
  after: Set<string>,
  stop: AbortSignal,
): Promise<Lead[]> {
  const look = async (): Promise<string | undefined> => {
    const newest = (await readPatiently(() => executionsOf(api, workflowId))).find((one) => !after.has(one.id))
    return newest !== undefined && !['new', 'running', 'waiting'].includes(newest.status) ? newest.id : undefined
  }
  const patience = { expectation: 'The workflow did not end', within: 300, every: 300, stop }
  const id = await until(look, patience).catch((error) => {
    throw error instanceof Problem && error.exitCode === 1
      ? new Problem(`${textOf(error)} See its executions at ${api.address}/workflow/${workflowId}/executions`)
      : error
  })
  return leadsOf(
    await readPatiently(() => api.get<Execution>('Reading the execution', `/executions/${id}?includeData=true`)),
  )
}

type Listed = { id: string; status: string }

/** The newest executions of a workflow, the newest first. */
export async function executionsOf(api: N8nApi, workflowId: string): Promise<Listed[]> {
  const page = await api.get<{ data: Listed[] }>(
    'Listing the executions',
    `/executions?workflowId=${workflowId}&limit=50`,
  )
  return page.data
}
