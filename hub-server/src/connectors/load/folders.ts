import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from './problem.ts'

/**
 * Far more than any connector needs: the longest of ours has 20 KB. What is longer could hold the hub up while it is
 * read.
 */
const mostBytes = 64 * 1024

/**
 * The connector.yaml of each sub-folder of a folder, in the order of their names. What cannot be looked into is told
 * of, and the others are found all the same.
 */
export const manifestsIn = async (directory: string, problems: Problem[]): Promise<string[]> => {
  const names = await readdir(directory).catch((thrown: unknown) => {
    problems.push(problemOf(directory, `The folder cannot be read: ${reasonOf(thrown)}.`, 'Check CONNECTORS_DIR.'))
    return []
  })
  const found = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map((name) => manifestIn(join(directory, name), problems)),
  )
  return found.flat()
}

const manifestIn = async (folder: string, problems: Problem[]): Promise<string[]> => {
  try {
    if (!(await stat(folder)).isDirectory()) return []
    return (await readdir(folder)).includes('connector.yaml') ? [join(folder, 'connector.yaml')] : []
  } catch (thrown) {
    problems.push(
      problemOf(
        folder,
        `The folder cannot be read: ${reasonOf(thrown)}.`,
        `${cureOf(thrown)} The other connectors work.`,
      ),
    )
    return []
  }
}

/** The text of a connector.yaml; null, with a problem, where it is none. */
export const textOf = async (file: string, problems: Problem[]): Promise<string | null> => {
  const wrong = (message: string, instead: string): null => {
    problems.push(problemOf(file, message, instead))
    return null
  }
  try {
    const info = await stat(file)
    // Opening a pipe would wait for whoever writes to it.
    if (!info.isFile())
      return wrong(
        `This is ${info.isDirectory() ? 'a folder' : 'no file'}.`,
        'Put a file of this name here: “./hub connector new <name>” writes one.',
      )
    if (info.size > mostBytes)
      return wrong(
        `This is longer than ${mostBytes / 1024} KB (${info.size} bytes).`,
        'Describe one service in a file.',
      )
    const bytes = await beginningOf(file)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (thrown) {
    if (thrown instanceof TypeError) return wrong('This is not text in UTF-8.', 'Save it as UTF-8.')
    return wrong(`This cannot be read: ${reasonOf(thrown)}.`, cureOf(thrown))
  }
}

/** Not more than was looked at, should the file grow meanwhile. */
const beginningOf = async (file: string): Promise<Uint8Array> => {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(mostBytes), position: 0 })
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

const problemOf = (file: string, message: string, instead: string): Problem => ({
  file,
  line: 1,
  column: 1,
  message,
  instead,
})

const codeOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '')

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there, or a link to something that is not there',
  ELOOP: 'its links lead in a circle',
  EACCES: 'the hub may not look into it',
  EPERM: 'the hub may not look into it',
  ENOTDIR: 'it is a file',
}
export const reasonOf = (thrown: unknown): string =>
  reasons[codeOf(thrown)] ?? (thrown instanceof Error ? thrown.message : String(thrown))

const cures: Readonly<Record<string, string>> = {
  ENOENT: 'Correct the link, or remove it.',
  ELOOP: 'Correct the links, or remove them.',
  EACCES: 'Let the user that the hub runs as read it (chmod, chown).',
  EPERM: 'Let the user that the hub runs as read it (chmod, chown).',
}
const cureOf = (thrown: unknown): string => cures[codeOf(thrown)] ?? 'Check the folder and its file.'
