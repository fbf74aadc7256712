import { constants, type Stats } from 'node:fs'
import { lstat, open, readlink, realpath, type FileHandle } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** Why a file of a connector's folder is not read, and what to do about it. */
export class FileError extends Error {
  readonly instead: string
  /** There is nothing of that name, not even a link. */
  readonly isAbsent: boolean
  constructor(message: string, instead: string, { isAbsent = false, cause }: { isAbsent?: boolean; cause?: unknown }) {
    super(message, { cause })
    this.instead = instead
    this.isAbsent = isAbsent
  }
}

/** The longest file of each kind, bytes. Far more than any connector needs: the longest of ours has a quarter of it. */
export const mostBytes = {
  'connector.yaml': 64 * 1024,
  'sandbox.yaml': 128 * 1024,
  'icon.svg': 64 * 1024,
  example: 1024 * 1024,
} as const

// Opening a pipe must not wait for whoever writes to it, and nobody puts a link in the file's place meanwhile.
const asItIs = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/**
 * A file of a connector's folder, whole. The folder itself may be a link; what is read must lie in it, whatever links
 * lead there, and be a plain file.
 * @param most longest that it may be, bytes
 * @throws FileError where it is not there, cannot be read, lies elsewhere, is no file or too long
 */
export const readInside = async (folder: string, name: string, most: number): Promise<Buffer> => {
  try {
    const [inside, file] = await placesOf(folder, name)
    // What is not a file (a device, a pipe) may already do something when it is opened.
    checkKind(await lstat(file), most)
    const handle = await open(file, asItIs)
    try {
      const info = await handle.stat()
      checkKind(info, most)
      if (!isWithin(inside, await placeOf(handle, info, file))) throw leadsOut()
      return await wholeOf(handle, Math.min(most, info.size))
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    if (thrown instanceof FileError) throw thrown
    throw new FileError(`This cannot be read: ${reasonOf(thrown)}.`, cureOf(thrown), { cause: thrown })
  }
}

/** The real places of the folder and the file. @throws FileError where the file lies elsewhere */
const placesOf = async (folder: string, name: string): Promise<[inside: string, file: string]> => {
  const inside = await realpath(folder)
  const named = join(inside, name)
  const file = await realpath(named).catch(async (thrown: unknown) => {
    if (codeOf(thrown) !== 'ENOENT' || (await isThere(named))) throw thrown
    throw new FileError(`There is no ${name}.`, 'Put a file of this name here.', { isAbsent: true, cause: thrown })
  })
  if (!isWithin(inside, file)) throw leadsOut()
  return [inside, file]
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (thrown: unknown) => {
      if (codeOf(thrown) === 'ENOENT') return false
      throw thrown
    },
  )

const checkKind = (info: Stats, most: number): void => {
  if (!info.isFile())
    throw new FileError(
      `This is ${info.isDirectory() ? 'a folder' : 'no file'}.`,
      'Put a file of this name here: “./hub connector new <name>” writes one.',
      {},
    )
  if (info.size > most)
    throw new FileError(`This is longer than ${most / 1024} KB (${info.size} bytes).`, 'Make it shorter.', {})
}

/** Where an open file lies: a folder around it may have been replaced by a link since its path was looked up. */
const placeOf = async (handle: FileHandle, { dev, ino }: Stats, file: string): Promise<string> => {
  try {
    return await readlink(`/proc/self/fd/${handle.fd}`)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
    // Only Linux says it of the open file: elsewhere the path is looked up again, and must be the same file.
    const again = await realpath(file)
    const now = await lstat(again)
    if (now.dev !== dev || now.ino !== ino) throw leadsOut()
    return again
  }
}

const isWithin = (folder: string, file: string): boolean =>
  file.startsWith(folder.endsWith(sep) ? folder : folder + sep)

const leadsOut = (): FileError =>
  new FileError('This is a link out of the folder.', 'Put the file itself here: nothing outside is read.', {})

/** Not more than was looked at, should the file grow meanwhile. */
const wholeOf = async (handle: FileHandle, size: number): Promise<Buffer> => {
  const bytes = Buffer.alloc(size)
  let filled = 0
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

/** @throws FileError where the bytes are no UTF-8 */
export const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (thrown) {
    throw new FileError('This is not text in UTF-8.', 'Save it as UTF-8.', { cause: thrown })
  }
}

export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there, or a link to something that is not there',
  ELOOP: 'its links lead in a circle',
  EACCES: 'the hub may not look into it',
  EPERM: 'the hub may not look into it',
  ENOTDIR: 'it is a file',
  EMFILE: 'the hub has too many files open',
  ENFILE: 'the machine has too many files open',
}
export const reasonOf = (thrown: unknown): string =>
  reasons[codeOf(thrown)] ?? (thrown instanceof Error ? thrown.message : String(thrown))

const cures: Readonly<Record<string, string>> = {
  ENOENT: 'Correct the link, or remove it.',
  ELOOP: 'Correct the links, or remove them.',
  EACCES: 'Let the user that the hub runs as read it (chmod, chown).',
  EPERM: 'Let the user that the hub runs as read it (chmod, chown).',
  EMFILE: 'Let the hub open more files (ulimit -n), and change the folder to have it read again.',
}
export const cureOf = (thrown: unknown): string => cures[codeOf(thrown)] ?? 'Check the folder and its file.'
