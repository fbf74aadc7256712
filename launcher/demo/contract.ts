import type { Companies } from '../../hub-server/src/api/sandbox.ts'

/**
 * What the demo knows of the hub and of the flagship template: every name it relies on stands here.
 */

/** The template, relative to the checkout. */
export const templateFile = 'templates/website-to-crm/workflow.json'

/** The form field (formTrigger) that takes one website a line. */
export const websitesField = 'Company websites'

/** The sandbox's own companies; asked with the test key. */
export const companiesPath = '/v1/sandbox/companies?limit=12'
export type { Companies }

/** The hub's answer to the API key of a request is a bearer token. */
export function authorization(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` }
}

/** One lead, as the template's last node gives it; null where a step did not come to it. */
export type Lead = {
  website?: string | null
  name?: string | null
  email?: string | null
  verdict?: string | null
  score?: number | null
  /** What the score is made of, e.g. `+30 verdict is deliverable`. */
  reasons?: string[] | null
  crm?: { outcome?: string | null; id?: string | null } | null
  /** Why the lead is not in the CRM. */
  reason?: string | null
}

/** A lead as one row of the demo's table; a lead without a score shows why it got no further. */
export function rowOf(lead: Lead): string[] {
  const isScored = lead.score !== undefined && lead.score !== null
  return [
    (lead.website ?? '').replace(/^https?:\/\//, ''),
    lead.name ?? '',
    lead.email ?? '',
    lead.verdict ?? '',
    isScored
      ? [String(lead.score), (lead.reasons ?? []).map(brief).join(', ')].filter((part) => part !== '').join(': ')
      : (lead.reason ?? ''),
    lead.crm ? [lead.crm.outcome, lead.crm.id].filter((part) => part).join(' ') : 'not synced',
  ]
}
/**
 * “+35 title “Founder & CEO” contains “ceo”” → “+35 title “Founder & CEO””: the table has room for what counted, not
 * for how.
 */
function brief(reason: string): string {
  return reason
    .replace(/ contains “[^”]*”$| is known$/, '')
    .replace(/ is greater than \S+ \((.+)\)$/, ' $1')
    .replace(/(?<=^\S+ )(?:verdict is |company\.)/, '')
}

export const columns = ['Site', 'Person', 'E-mail', 'Verdict', 'Score and why', 'CRM']
