import { lstat, opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from './problem.ts'
import { codeOf, cureOf, reasonOf } from './own-file.ts'

/** Connectors in one folder: more are left out, so that a folder that grows without end does not take the hub along. */
export const mostConnectors = 1_000
/** Names that are looked at in a folder, files and others. */
const mostNames = 20_000
/** Files beside a connector.yaml, its folders among them. */
const mostFiles = 500

/**
 * The sub-folders of a folder that hold a connector.yaml, in the order of their names. What cannot be looked into is
 * told of, and the others are found all the same.
 */
export const connectorFoldersIn = async (directory: string, problems: Problem[]): Promise<string[]> => {
  const names = await namesIn(directory, mostNames).catch((thrown: unknown) => {
    problems.push(problemOf(directory, `The folder cannot be read: ${reasonOf(thrown)}.`, 'Check CONNECTORS_DIR.'))
    return []
  })
  const folders: string[] = []
  for (const name of names.filter((name) => !name.startsWith('.')).sort()) {
    const folder = join(directory, name)
    if (!(await isConnector(folder, problems))) continue
    if (folders.length === mostConnectors) {
      problems.push(
        problemOf(
          directory,
          `More than ${mostConnectors} connectors are here: “${name}” and those after it are left out.`,
          'Keep those that you use.',
        ),
      )
      break
    }
    folders.push(folder)
  }
  return folders
}

const isConnector = async (folder: string, problems: Problem[]): Promise<boolean> => {
  try {
    if (!(await stat(folder)).isDirectory() || !(await isThere(join(folder, 'connector.yaml')))) return false
    if ((await namesIn(folder, mostFiles + 1)).length <= mostFiles) return true
    problems.push(
      problemOf(folder, `More than ${mostFiles} files are in this folder.`, 'Move what is no part of it elsewhere.'),
    )
  } catch (thrown) {
    problems.push(
      problemOf(
        folder,
        `The folder cannot be read: ${reasonOf(thrown)}.`,
        `${cureOf(thrown)} The other connectors work.`,
      ),
    )
  }
  return false
}

const isThere = async (file: string): Promise<boolean> => {
  try {
    await lstat(file)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}

/** Not all at once: a folder may hold millions. */
const namesIn = async (directory: string, most: number): Promise<string[]> => {
  const names: string[] = []
  for await (const { name } of await opendir(directory)) {
    names.push(name)
    if (names.length === most) break
  }
  return names
}

/** What is wrong with a file or folder as a whole. */
export const problemOf = (file: string, message: string, instead: string): Problem => ({
  file,
  line: 1,
  column: 1,
  message,
  instead,
})
