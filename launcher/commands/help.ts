import { say } from '../screen.ts'

const text = `AI-Now Hub: finds, checks, enriches, scores and hands on B2B leads.

  ./hub up        start the hub and n8n; what is missing is installed and built first
      --no-n8n           the hub alone
      --port <n>         port of the hub (8787)
      --n8n-port <n>     port of n8n (5678)
      --data <folder>    where everything is kept (.hub)

  ./hub demo      start both, run the template “Website to CRM” on the sandbox's companies, show the leads, stop
      --port, --n8n-port (free ones unless given), --data   as above

  ./hub test      run every check of the project; the last line counts them
      --only <name>      one check, or those that begin with a word, e.g. lint, types, build, tests

  ./hub bench [name]     measure: one benchmark of bench/, or all
      --json             the last line is one JSON object of the figures

  ./hub backup [file]    save everything the hub keeps (--data as above)
  ./hub restore <file>   bring a backup back (--data as above); stop the hub first

  ./hub help      this text

Mode “test” needs no account or key of any vendor.`

/** `./hub help` */
export async function help(): Promise<number> {
  say(text)
  return 0
}
