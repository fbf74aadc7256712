import { Problem } from '../problem.ts'
import type { Lead } from './contract.ts'

type NodeRun = { data?: { main?: ({ json: Lead }[] | null)[] } }

/** What the demo reads of an execution, as n8n's public API gives it. */
export type Execution = {
  id: string
  status: string
  data?: {
    resultData?: {
      lastNodeExecuted?: string
      error?: { message?: string; description?: string | null; node?: { name?: string } }
      runData?: Record<string, NodeRun[]>
    }
  }
}

/**
 * The leads: the items that the workflow's last node gave.
 * @throws Problem with n8n's words when the workflow failed
 */
export function leadsOf(execution: Execution): Lead[] {
  const result = execution.data?.resultData
  if (execution.status !== 'success') {
    const where = result?.error?.node?.name ?? result?.lastNodeExecuted ?? 'an unknown node'
    const why = [result?.error?.message, result?.error?.description].filter((part) => part).join(' ')
    throw new Problem(`The workflow ended as “${execution.status}” at “${where}”. ${why}`)
  }
  const runs = result?.runData?.[result.lastNodeExecuted ?? ''] ?? []
  return runs
    .flatMap((run) => run.data?.main ?? [])
    .flatMap((items) => items ?? [])
    .map((item) => item.json)
}
