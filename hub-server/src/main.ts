import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { accessCommand } from './access-command.ts'
import { anonymiseCommand, backupCommand } from './backup-command.ts'
import { asHubError, HubError } from './contracts/errors.ts'
import { readConfig, refuseFormerSettings, type Config } from './config.ts'
import { startHub } from './hub.ts'
import { checkConnector, createConnector } from './connectors/index.ts'
import { narrow, narrowedText } from './db/private-folder.ts'
import { explainUnavailable } from './db/unavailable.ts'
import { connectSandbox, startSandbox } from './sandbox/index.ts'

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const version: string = JSON.parse(readFileSync(folder('../package.json'), 'utf8')).version

/** What the hub does besides running, by the first word. */
const commands: Readonly<Record<string, (words: string[], config: Config) => Promise<void>>> = {
  backup: (words, config) => backupCommand('backup', words, config),
  restore: (words, config) => backupCommand('restore', words, config),
  anonymise: anonymiseCommand,
  keys: (words, config) => accessCommand('keys', words, config),
  'sign-in-link': (words, config) => accessCommand('sign-in-link', words, config),
}

/** hub | hub <one of these> … | hub connector new <name> <folder> | hub connector check <folder> */
const run = async ([command, ...words]: string[]): Promise<void> => {
  if (command === 'connector') return connector(words[0], words.slice(1))
  refuseFormerSettings(process.env)
  const config = readConfig(process.env)
  const work = command === undefined ? serveAlone : commandOf(command)
  if (work === undefined)
    throw new HubError('invalid_input', `“${command}” is not something the hub does.`, {
      advice: `Start it without words, or with one of: ${Object.keys(commands).join(', ')}, connector.`,
    })
  // Whatever is made from here on, by PGlite and by libraries, is nobody else's.
  process.umask(0o077)
  await makeFolder(config.data)
  return work(words, config)
}

const serveAlone = (_words: string[], config: Config): Promise<void> => serve(config)

const commandOf = (name: string) => (Object.hasOwn(commands, name) ? commands[name] : undefined)

const makeFolder = async (data: string): Promise<void> => {
  try {
    await mkdir(data, { recursive: true, mode: 0o700 })
    const said = narrowedText(data, narrow(data))
    if (said) process.stderr.write(`${said}\n`)
  } catch (cause) {
    throw new HubError('conflict', `The data folder ${data} cannot be used: ${reasonOf(cause)}.`, {
      advice: 'Choose another folder with --data.',
      cause,
    })
  }
}

/** Speaks to the person by itself. */
const connector = async (what: string | undefined, [first = '', within = '.']: string[]): Promise<void> => {
  if (what === 'new') {
    const made = createConnector(folder('../scaffold'), within, first)
    return void process.stdout.write(
      `${made} is there: a connector that works, for an invented vendor. Change it, and check it with: ./hub ` +
        `connector check ${made}\n`,
    )
  }
  const { good, lines } = await checkConnector(first)
  process.stdout.write(`${lines.join('\n')}\n`)
  process.exit(good ? 0 : 1)
}

/** The launcher, and most that run services, kill what has not ended some seconds later. */
const longestStopMs = 11_000

const serve = async (config: ReturnType<typeof readConfig>): Promise<void> => {
  const folders = {
    connectors: folder('../connectors'),
    console: folder('../console/dist'),
    templates: folder('../../templates'),
    icons: folder('../../icons'),
  }
  const sandbox = config.sandboxUrl
    ? await connectSandbox(config.sandboxUrl)
    : await startSandbox({
        connectorsDir: folders.connectors,
        own: config.connectorsDirs,
        sites: config.sandboxSites,
        latency: 'none',
      })
  const testWorld = { ...sandbox, forgets: !config.sandboxUrl }
  const hub = await startHub(config, { version, folders, testWorld, isWatched: true }).catch(
    async (thrown: unknown) => {
      await sandbox.stop()
      throw thrown
    },
  )
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    // What does not end (a disk or a service that hangs) is cut off: what is stored is stored, as after a kill.
    setTimeout(() => process.exit(1), longestStopMs).unref()
    hub.stop().then(
      () => process.exit(0),
      (thrown: unknown) => explain(thrown),
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
  process.stdout.write(`${JSON.stringify({ ready: true, url: hub.url })}\n`)
}

const explain = (thrown: unknown): never => {
  const told = explainUnavailable(thrown)
  const error = told ?? asHubError(thrown)
  const cause =
    told || thrown instanceof HubError
      ? ''
      : `\n${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`
  process.stderr.write(`${error.message} ${error.advice}${cause}\n`)
  process.exit(1)
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

run(process.argv.slice(2)).catch(explain)
