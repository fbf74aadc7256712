import { constants } from 'node:fs'
import { open, realpath, type FileHandle } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HubError } from '../contracts/errors.ts'

/** The largest file that an account may name, in bytes: MaxMind's largest database has some 400 MB. */
const mostBytes = 1024 ** 3

/** A file as it was when it was looked at. */
export interface AccountFile {
  readonly path: string
  /** Milliseconds: another number, another file. */
  readonly changed: number
  readonly read: () => Promise<Buffer>
}

/** Files of the hub's own disk that an account may name. */
export interface AccountFiles {
  /**
   * Looks at a file while `use` runs.
   * @param name a path or a file: address; without a folder it is in the first of those that are allowed
   * @throws HubError forbidden outside the allowed folders, whether anything is there or not; not_found; invalid_input
   * for what is no regular file, or too large
   */
  readonly withFile: <Out>(name: string, use: (file: AccountFile) => Promise<Out>) => Promise<Out>
}

const isWithin = (folder: string, path: string): boolean => {
  const way = relative(folder, path)
  return way !== '' && !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`)
}

const outside = (name: string, folders: readonly string[]): HubError =>
  new HubError('forbidden', `${name} is not in a folder whose files accounts may use.`, {
    advice: `Put it into ${folders[0] ?? 'one'}, or whoever runs the hub names its folder in FILES_DIR.`,
  })

const pathOf = (name: string, folder: string): string => {
  if (!/^file:/i.test(name)) return resolve(folder, name)
  try {
    return fileURLToPath(name)
  } catch (cause) {
    throw new HubError('invalid_input', `${name} is not the address of a file.`, {
      advice: 'Give its path.',
      cause,
    })
  }
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'

const cannotBeRead = (name: string, cause: unknown): HubError =>
  new HubError('not_found', `The file ${name} cannot be read (${codeOf(cause)}).`, {
    advice: 'Check the path, and that the hub may read it.',
    cause,
  })

/** Opened without waiting for a FIFO's other end, and not through a link that came after `realpath`. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** The file's real path, where that too is in one of the folders. */
const realPathOf = async (name: string, folders: readonly string[]): Promise<string> => {
  const path = pathOf(name, folders[0] ?? '.')
  // By its text first: the answer about what is outside must not tell what is there.
  if (!folders.some((folder) => isWithin(folder, path))) throw outside(name, folders)
  const real = await realpath(path).catch((thrown: unknown): never => {
    throw cannotBeRead(name, thrown)
  })
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)))
  if (!roots.some((folder) => isWithin(folder, real))) throw outside(name, folders)
  return real
}

const opened = async (name: string, path: string): Promise<FileHandle> =>
  open(path, flags).catch((thrown: unknown): never => {
    throw cannotBeRead(name, thrown)
  })

/** @param folders the only ones whose files accounts may name, absolute; names without a folder are in the first */
export const createAccountFiles = (folders: readonly string[]): AccountFiles => ({
  withFile: async (name, use) => {
    const path = await realPathOf(name, folders)
    const handle = await opened(name, path)
    try {
      const found = await handle.stat()
      if (!found.isFile())
        throw new HubError('invalid_input', `${name} is not a file with content.`, { advice: 'Give another one.' })
      if (found.size > mostBytes)
        throw new HubError('invalid_input', `${name} is larger than ${mostBytes / 1024 ** 3} GB.`, {
          advice: 'Give a smaller one.',
        })
      return await use({ path, changed: found.mtimeMs, read: () => handle.readFile() })
    } finally {
      await handle.close()
    }
  },
})
