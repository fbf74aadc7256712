import { watch } from 'chokidar'
import type { Connector } from './compiled/connector.ts'
import { reasonOf } from './load/folders.ts'
import { loadConnectors, type LoadedConnectors } from './load/loadConnectors.ts'
import type { Problem } from './load/problem.ts'

export interface Catalogue {
  readonly connectors: () => ReadonlyMap<string, Connector>
  /** What is wrong in users' folders now: those connectors are left out. */
  readonly problems: () => readonly Problem[]
  readonly close: () => Promise<void>
}

/** An editor writes a file in pieces, and a folder is copied file by file. Milliseconds. */
const settleMs = 300

const unwatched = (own: readonly string[], thrown: unknown): Problem => ({
  file: own.join(':'),
  line: 1,
  column: 1,
  message: `Not all changes in it are noticed: ${reasonOf(thrown)}.`,
  instead: 'Restart the hub after you changed a connector, or let the hub read all of the folder.',
})

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
    const theirs = await loadConnectors({ own, beside: ours.connectors })
    now = {
      connectors: new Map([...ours.connectors, ...theirs.connectors]),
      problems: [...ours.problems, ...theirs.problems],
    }
    tell(now.problems)
  }
  await read()
  if (own.length === 0)
    return { connectors: () => now.connectors, problems: () => now.problems, close: () => Promise.resolve() }

  let timer: NodeJS.Timeout | undefined
  let reading = Promise.resolve()
  const watcher = watch([...own], { ignoreInitial: true, depth: 1 })
    .on('all', () => {
      clearTimeout(timer)
      timer = setTimeout(() => void (reading = reading.then(read)), settleMs)
    })
    // What it may not look into is told of where the folders are read; changes in there are not noticed.
    .on('error', (thrown) => tell([...now.problems, unwatched(own, thrown)]))
  await new Promise<void>((resolve) => void watcher.once('ready', resolve))
  return {
    connectors: () => now.connectors,
    problems: () => now.problems,
    close: async () => {
      clearTimeout(timer)
      await watcher.close()
      await reading
    },
  }
}
