import { say } from '../screen.ts'

const text = `AI-Now Hub: finds, checks, enriches, scores and hands on B2B leads.

  ./hub up        start the hub and n8n; what is missing is installed and built first
      --no-n8n           the hub alone
      --port <n>         port of the hub (8787)
      --n8n-port <n>     port of n8n (5678)
      --data <folder>    where everything is kept (.hub)
      --no-open          do not open the console in a browser

  ./hub demo      start both, run the template “Website to CRM” on the sandbox's companies, show the leads, stop
      --port, --n8n-port (free ones unless given), --data   as above

  ./hub run <block> <file.csv|file.jsonl>     run a block over a list; the same command goes on after a stop
      --map <field>=<column>     which column is which field, e.g. --map email="E-Mail"; may be given several times
      --option <name>=<value>    an option of the block, e.g. --option depth=free; may be given several times
      --budget <usd>     what the whole run may cost; when it is used up, the run pauses
      --item-budget <usd>        what one item may cost
      --estimate         only say what it would cost and how long it would take
      --again            run a list anew that was run before
      --live             with your own accounts, instead of the sandbox
      --out <file>       where the results go (beside the list: leads.results.csv)
      --port, --data     as above; if no hub runs with this data, one is started for the run
      exit code          0 every item is done, 3 some were skipped or failed,
                         2 it waits (the same command goes on), 1 an error

  ./hub report    what the calls to services came to
      --by run|connector|day     one line for each (connector)
      --from <day>, --to <day>   e.g. --from 2026-11-01
      --json             the last line is one JSON object of the figures
      --live, --port, --data     as above

  ./hub connector new <name> [folder]     a connector of your own: a working start
  ./hub connector check <folder>          reads it, runs its examples, explains every mistake

  ./hub test [name]      run every check of the project, one, or those that begin with a word, e.g. lint, format,
                         types, build, tests, faults, stops, hostile; the last line counts them
      --seed <n>         for faults, stops, hostile: those of an earlier run, in their order
      --long             for faults: thousands of items and fifty faults or more, some ten minutes for each of eight;
                         for stops: 2,000 items of each block, stopped at fifty moments;
                         for hostile: 20,000 mutated requests, 2,000 evil pages, files and folders;
                         for tests-together: 50 kills and 20,000 leads in one execution of n8n
      --long-by-commit   and one of these long plays, chosen by the commit

  ./hub bench [name]     measure: one benchmark of bench/, or all
      --json             the last line is one JSON object of the figures

  ./hub backup [file]    save everything the hub keeps, encrypted, while it runs or not; asks for a passphrase
      --passphrase-file <file>   its first line is the passphrase
      --recipient age1…          encrypt for the owner of an age identity instead; may be given several times
      --unencrypted              not encrypted: whoever gets the file has every key and every lead
      --without-sealing-key      leave the sealing key out: accounts' secrets stay closed without it
      --data <folder>            as above
  ./hub restore <file>   check a backup and bring it back; stop the hub first
      --passphrase-file <file>, --identity <file of AGE-SECRET-KEY-…>, --data <folder>
  ./hub anonymise <backup> <out>     the same data with made-up people and without secrets, for tests and support
      --passphrase-file <file>, --identity <file>     open the backup
      --passphrase-file-out <file>, --recipient age1…, --unencrypted     protect what is written

  ./hub keys             the API keys: what each may do, and when and from where it was used
  ./hub keys new <name>  makes one, and shows it once
      --mode test|live           (test)
      --scopes <what,…>          e.g. leads,runs.read; without it, all but what is about people and keys
      --read-only                nothing that changes something
      --expires <day>            e.g. 2027-01-31
      --networks <range,…>       good from there alone, e.g. 10.0.0.0/8
      --per-minute <n>           requests a minute
  ./hub keys rotate <id>     another in its place; the old one goes on for a day
      --overlap-hours <n>        or so long; 0: it ends at once
  ./hub keys revoke <id>     refused from now on
      --workspace <id>, --data <folder>     for all of these; without a workspace the first

  ./hub sign-in-link [e-mail]    a link that signs the owner, or who has that address, in once; good for a day
      --workspace <id>, --data <folder>

  ./hub help      this text

Mode “test” needs no account or key of any vendor.`

/** `./hub help` */
export async function help(): Promise<number> {
  say(text)
  return 0
}
