import { anonymise } from './commands/anonymise.ts'
import { backup, restore } from './commands/backup.ts'
import { bench } from './commands/bench.ts'
import { connector } from './commands/connector.ts'
import { demo } from './commands/demo.ts'
import { help } from './commands/help.ts'
import { keys } from './commands/keys.ts'
import { report } from './commands/report.ts'
import { run } from './commands/run.ts'
import { signInLink } from './commands/sign-in-link.ts'
import { test } from './commands/test.ts'
import { up } from './commands/up.ts'
import { misuse, Problem } from './problem.ts'
import { killEverything, stopEverything } from './processes.ts'
import { complain } from './screen.ts'

/** Each takes the words behind its name and ends with the exit code; it stops early when `stop` fires. */
const commands: Record<string, (args: string[], stop: AbortSignal) => Promise<number>> = {
  up,
  demo,
  run,
  report,
  connector,
  test,
  bench,
  backup,
  restore,
  anonymise,
  keys,
  'sign-in-link': signInLink,
  help,
}

const stopping = new AbortController()
let askedAt = Infinity
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // One Ctrl-C may come twice, from the terminal and from the pnpm that started us. Later ones mean hurry.
    if (performance.now() - askedAt > 2000) process.exit(130)
    askedAt = Math.min(askedAt, performance.now())
    stopping.abort()
  })
}
// Whatever ends the launcher, nobody it started stays behind.
process.on('exit', killEverything)

process.exitCode = await obey(process.argv.slice(2))

async function obey([name = 'help', ...args]: string[]): Promise<number> {
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (['--help', '-h'].includes(name) || args.includes('--help')) return await help()
    if (command === undefined)
      throw misuse(`There is no command “${name}”. The commands are ${Object.keys(commands).join(', ')}.`)
    return await command(args, stopping.signal)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    complain(`\nhub: ${error.message}`)
    return error.exitCode
  } finally {
    await stopEverything()
  }
}
