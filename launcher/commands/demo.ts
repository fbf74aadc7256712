import { readArguments, readPort } from '../arguments.ts'
import { bringUpHub, bringUpN8n, checkPorts } from '../bring-up.ts'
import { columns, rowOf } from '../demo/contract.ts'
import { awaitLeads, executionsOf, importTemplate, sandboxWebsites, submitForm } from '../demo/run.ts'
import { table } from '../demo/table.ts'
import { readKeys } from '../hub-process.ts'
import { dataFolder } from '../paths.ts'
import { freePort } from '../ports.ts'
import { Problem } from '../problem.ts'
import { requireNotRunning } from '../running-hub.ts'
import { say } from '../screen.ts'
import { step } from '../steps.ts'

const options = { port: { type: 'string' }, 'n8n-port': { type: 'string' }, data: { type: 'string' } } as const

/** The widest each column may be; the first two and the CRM are short by nature. */
const widths = [32, 24, 44, 14, 60, 24]

/** `./hub demo`: from a cold machine to leads in a CRM, without an account anywhere. */
export async function demo(args: string[], stop: AbortSignal): Promise<number> {
  const { values } = readArguments(args, options)
  const port = readPort('port', values.port) ?? (await freePort())
  const n8nPort = readPort('n8n-port', values['n8n-port']) ?? (await freePort())
  const data = dataFolder(values.data)
  await requireNotRunning(data, 'give the demo a folder of its own, e.g. --data demo', stop)
  await checkPorts(port, n8nPort)
  say('Demo: websites → people → checked e-mails → scores → CRM, all in mode “test”')
  const hub = await bringUpHub(data, port, n8nPort, stop)
  const n8n = await bringUpN8n(data, n8nPort, hub, stop)
  const websites = await sandboxWebsites(hub, readKeys(data))
  const { id, form } = await step('Putting the template “Website to CRM” into n8n', () => importTemplate(n8n))
  const before = new Set((await executionsOf(n8n.api, id)).map((execution) => execution.id))
  const leads = await step(`Running it on ${websites.length} websites`, async () => {
    await submitForm(n8n, form, websites, stop)
    return awaitLeads(n8n.api, id, before, stop)
  })
  if (leads.length === 0) throw new Problem('The workflow ran but gave no leads.')
  say(`\n${table(columns, leads.map(rowOf), widths)}\n`)
  const synced = leads.filter((lead) => Boolean(lead.crm?.id)).length
  say(
    `${websites.length} websites: ${synced} people are in the CRM; the other ${leads.length - synced} rows are not, ` +
      'each with its reason. To look at them, run',
  )
  say(`  ./hub up${values.data === undefined ? '' : ` --data ${values.data}`}`)
  say(
    'and open the hub for the leads, or n8n for what each block did (workflow “Website to CRM (demo)”, tab ' +
      'Executions).',
  )
  return 0
}
