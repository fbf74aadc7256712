import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { asHubError, HubError } from './contracts/errors.ts'
import { readConfig, refuseFormerSettings } from './config.ts'
import { startHub } from './hub.ts'
import { checkConnector, createConnector } from './connectors/index.ts'
import { backup, restore } from './db/backup.ts'
import { openDatabase } from './db/database.ts'
import { connectSandbox, startSandbox } from './sandbox/index.ts'

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const version: string = JSON.parse(readFileSync(folder('../package.json'), 'utf8')).version

/** hub | hub backup <file> | hub restore <file> | hub connector new <name> <folder> | hub connector check <folder> */
const run = async ([command, file, ...rest]: string[]): Promise<void> => {
  if (command === 'connector') return connector(file, rest)
  refuseFormerSettings(process.env)
  const config = readConfig(process.env)
  await mkdir(config.data, { recursive: true, mode: 0o700 }).catch((cause: Error) => {
    throw new HubError('conflict', `The data folder ${config.data} cannot be used: ${cause.message}.`, {
      advice: 'Choose another folder with --data.',
      cause,
    })
  })
  if (command === undefined) return serve(config)
  if ((command !== 'backup' && command !== 'restore') || !file)
    throw new HubError(
      'invalid_input',
      `“${[command, file].filter(Boolean).join(' ')}” is not something the hub does.`,
      { advice: 'Start it without words, or with “backup <file>”, “restore <file>” or “connector check <folder>”.' },
    )
  const database = await openDatabase({ url: config.databaseUrl, folder: config.data })
  try {
    await (command === 'backup' ? backup : restore)(database.db, { file, data: config.data })
  } finally {
    await database.close()
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
        connectorsDir: [folders.connectors, ...config.connectorsDirs],
        sites: config.sandboxSites,
        latency: 'none',
      })
  const testWorld = { ...sandbox, forgets: !config.sandboxUrl }
  const hub = await startHub(config, { version, folders, testWorld }).catch(async (thrown: unknown) => {
    await sandbox.stop()
    throw thrown
  })
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      hub.stop().then(
        () => process.exit(0),
        (thrown: unknown) => explain(thrown),
      )
    })
  process.stdout.write(`${JSON.stringify({ ready: true, url: hub.url })}\n`)
}

const explain = (thrown: unknown): never => {
  const error = asHubError(thrown)
  const cause =
    thrown instanceof HubError ? '' : `\n${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`
  process.stderr.write(`${error.message} ${error.advice}${cause}\n`)
  process.exit(1)
}

run(process.argv.slice(2)).catch(explain)
