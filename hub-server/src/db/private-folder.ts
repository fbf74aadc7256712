import { chmodSync, lstatSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * What the hub and the launcher keep in a data folder, and what a fresh disk has. This file needs nothing but Node: the
 * launcher uses it, too.
 */
const ours = new RegExp(
  String.raw`^(database(\.new)?|n8n|logs|run-keys|ended|files|compiled|keys\.json(\.new)?|sealing\.key|` +
    String.raw`n8n-account\.json|hub\.lock(\..+)?|lock\.sqlite|eslint\.config\.mjs|lost\+found)$`,
)

/** Rights that are nobody's but the owner's. */
const others = 0o077

/** What was done to the rights of a data folder. */
export interface Narrowed {
  /** How many files and folders others could reach, and can no longer. */
  readonly count: number
  /** What still has wider rights, and why: others' files, or not ours to change. */
  readonly left: readonly string[]
}

/**
 * Takes everybody's but the owner's rights from what the hub keeps in a folder, and from the folder itself where
 * nothing else lies in it: whoever names his home or /tmp as the data folder keeps them as they are.
 */
export const narrow = (folder: string): Narrowed => {
  const found = { count: 0, left: [] as string[] }
  const names = readdirSync(folder)
  if (names.every((name) => ours.test(name))) tolerantly(folder, found, () => narrowOne(folder, found))
  else if (isWide(lstatSync(folder).mode)) found.left.push(`${folder} (other things lie in it)`)
  for (const name of names) if (ours.test(name) && name !== 'lost+found') narrowAll(join(folder, name), found)
  return found
}

/** The same for one folder and all in it, where it is known whose it is. */
export const narrowAllIn = (folder: string): void => narrowAll(folder, { count: 0, left: [] })

type Found = { count: number; left: string[] }

const isWide = (mode: number): boolean => (mode & others) !== 0

const narrowAll = (path: string, found: Found): void => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  // A link has no rights of its own, and what it leads to may be anybody's.
  if (!stat || stat.isSymbolicLink()) return
  tolerantly(path, found, () => {
    narrowOne(path, found)
    // Programs, not data, and some ten thousand of them: the folder above them is closed.
    const isData = stat.isDirectory() && basename(path) !== 'compiled'
    const names = isData ? readdirSync(path).filter((name) => name !== 'node_modules') : []
    for (const name of names) narrowAll(join(path, name), found)
  })
}

const narrowOne = (path: string, found: Found): void => {
  const { mode } = lstatSync(path)
  if (!isWide(mode)) return
  chmodSync(path, mode & 0o7777 & ~others)
  found.count++
}

const reasons: Readonly<Record<string, string>> = {
  EPERM: 'it belongs to another user',
  EACCES: 'it belongs to another user',
  EROFS: 'the disk is read-only',
}

/** What is not ours to change is told of; the hub runs as well with it. */
const tolerantly = (path: string, found: Found, work: () => void): void => {
  try {
    work()
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
    if (code === 'ENOENT') return
    const reason = reasons[code]
    if (!reason) throw thrown
    found.left.push(`${path} (${reason})`)
  }
}

/** What was narrowed, in sentences for the one who starts the hub; undefined where there is nothing to say. */
export const narrowedText = (folder: string, { count, left }: Narrowed): string | undefined => {
  const sentences = [
    ...(count > 0
      ? [`Other users of this machine could read in ${folder}: ${count} files and folders are now yours alone.`]
      : []),
    ...(left.length > 0 ? [`Others may still reach ${left.slice(0, 5).join(', ')}.`] : []),
  ]
  return sentences.length > 0 ? sentences.join(' ') : undefined
}
