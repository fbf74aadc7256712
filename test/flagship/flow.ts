import { awaitLeads, executionsOf, importTemplate, submitForm } from '../../launcher/demo/run.ts'
import type { Lead } from '../../launcher/demo/contract.ts'
import type { N8n } from '../../launcher/bring-up.ts'

const never = new AbortController().signal

/** Imports the flagship, sends its form with these websites as a browser would, and gives the rows of its last node. */
export const runFlagship = async (n8n: N8n, websites: readonly string[]): Promise<Lead[]> => {
  const { id, form } = await importTemplate(n8n)
  const before = new Set((await executionsOf(n8n.api, id)).map((execution) => execution.id))
  await submitForm(n8n, form, [...websites], never)
  return awaitLeads(n8n.api, id, before, never)
}
