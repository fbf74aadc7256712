/**
 * What the demo knows of the hub and of the flagship template: every name it relies on stands here.
 */

/** The template, relative to the checkout. */
export const templateFile = 'templates/website-to-crm/workflow.json'

/** The form field (formTrigger) that takes one website a line. */
export const websitesField = 'Company websites'

/** The sandbox's own companies; asked with the test key. */
export const companiesPath = '/v1/sandbox/companies?limit=12'
export type Companies = { companies: { website: string }[] }

/** The hub's answer to the API key of a request is a bearer token. */
export function authorization(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` }
}

/** One lead, as the template's last node gives it. */
export type Lead = {
  website?: string
  name?: string
  email?: string
  verdict?: string
  score?: number
  reasons?: string[]
  crm?: { outcome?: string; id?: string }
}

/** A lead as one row of the demo's table. */
export function rowOf(lead: Lead): string[] {
  const reasons = lead.reasons ?? []
  return [
    lead.website ?? '',
    lead.name ?? '',
    lead.email ?? '',
    lead.verdict ?? '',
    [lead.score === undefined ? '' : String(lead.score), reasons.join(', ')].filter((part) => part !== '').join(': '),
    [lead.crm?.outcome, lead.crm?.id].filter((part) => part !== undefined).join(' '),
  ]
}
export const columns = ['Site', 'Person', 'E-mail', 'Verdict', 'Score and why', 'CRM']
