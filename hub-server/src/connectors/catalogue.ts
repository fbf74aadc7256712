import { basename, relative, resolve, sep } from 'node:path'
import { watch } from 'chokidar'
import type { Connector } from './compiled/connector.ts'
import { problemOf } from './load/folders.ts'
import { loadConnectors, type LoadedConnectors } from './load/loadConnectors.ts'
import { mostBytes, reasonOf } from './load/own-file.ts'
import type { Problem } from './load/problem.ts'

export interface Catalogue {
  readonly connectors: () => ReadonlyMap<string, Connector>
  /** What is wrong in users' folders now: connectors that are left out, and files that they do without. */
  readonly problems: () => readonly Problem[]
  readonly close: () => Promise<void>
}

/** An editor writes a file in pieces, and a folder is copied file by file. Milliseconds. */
const settleMs = 300
/** Where something is written without end, it is read all the same. */
const longestSettleMs = 3_000

const unwatched = (own: readonly string[], thrown: unknown): Problem =>
  problemOf(
    own.join(':'),
    `Not all changes in it are noticed: ${reasonOf(thrown)}.`,
    'Restart the hub after you changed a connector, or let the hub read all of the folder.',
  )

/**
 * The hub's connectors and the users' own; a user's folder that comes, changes or goes is taken up at once.
 * @param tell is called whenever the users' folders were read
 */
export const openCatalogue = async (
  { builtIn, own }: { builtIn: string; own: readonly string[] },
  tell: (problems: readonly Problem[]) => void,
): Promise<Catalogue> => {
  const ours = await loadConnectors({ builtIn })
  let now: LoadedConnectors = ours
  const read = async (): Promise<void> => {
    try {
      const theirs = await loadConnectors({ own, beside: ours.connectors })
      now = {
        connectors: new Map([...ours.connectors, ...theirs.connectors]),
        problems: [...ours.problems, ...theirs.problems],
      }
    } catch (thrown) {
      // What was read before stays.
      const why = `The folder cannot be read: ${reasonOf(thrown)}.`
      now = { ...now, problems: [problemOf(own.join(':'), why, 'Check CONNECTORS_DIR.')] }
    }
    tell(now.problems)
  }
  await read()
  if (own.length === 0)
    return { connectors: () => now.connectors, problems: () => now.problems, close: () => Promise.resolve() }

  const settled = whenSettled(read)
  const closeWatcher = await watchFolders(own, settled.change, (thrown) =>
    tell([...now.problems, unwatched(own, thrown)]),
  )
  return {
    connectors: () => now.connectors,
    problems: () => now.problems,
    close: async () => {
      await closeWatcher()
      await settled.close()
    },
  }
}

/** Does work once changes have settled: one at a time, and once for all that changed meanwhile. */
const whenSettled = (work: () => Promise<void>): { change: () => void; close: () => Promise<void> } => {
  let timer: NodeJS.Timeout | undefined
  let since: number | null = null
  let isDue = false
  let working = Promise.resolve()
  const begin = (): void => {
    since = null
    if (isDue) return
    isDue = true
    working = working.then(() => {
      isDue = false
      return work()
    })
  }
  return {
    change: () => {
      since ??= Date.now()
      clearTimeout(timer)
      timer = setTimeout(begin, Math.max(0, Math.min(settleMs, since + longestSettleMs - Date.now())))
    },
    close: async () => {
      clearTimeout(timer)
      await working
    },
  }
}

/**
 * Watches what the hub reads in the folders, and nothing else: a folder may hold thousands of other files.
 * @param fail is told once why not everything is watched
 */
const watchFolders = async (
  own: readonly string[],
  change: () => void,
  fail: (thrown: unknown) => void,
): Promise<() => Promise<void>> => {
  const roots = own.map((folder) => resolve(folder))
  let hasFailed = false
  const watcher = watch(roots, { ignoreInitial: true, depth: 1, ignored: (path) => !isRead(roots, path) })
    .on('all', change)
    // What it may not look into is told of where the folders are read; changes in there are not noticed.
    .on('error', (thrown) => {
      if (!hasFailed) fail(thrown)
      hasFailed = true
    })
  await new Promise<void>((done) => void watcher.once('ready', done))
  return () => watcher.close()
}

const isRead = (roots: readonly string[], path: string): boolean => {
  const file = resolve(path)
  const root = roots.find((folder) => file === folder || file.startsWith(folder + sep))
  const [folder = '', ...rest] = relative(root ?? sep, file).split(sep)
  if (folder.startsWith('.')) return false
  return rest.length === 0 || (rest.length === 1 && Object.hasOwn(mostBytes, basename(file)))
}
