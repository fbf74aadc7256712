import { basename, dirname, join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { capabilities as hubCapabilities } from '../../capabilities/index.ts'
import type { Connector } from '../compiled/connector.ts'
import { fencedEvaluator } from '../expressions/fence.ts'
import type { Evaluator } from '../expressions/expression.ts'
import { inProcess } from '../expressions/inProcess.ts'
import { messageOf } from '../../fence/index.ts'
import { readIcon } from './icon.ts'
import { compileConnector } from './compileConnector.ts'
import { connectorFoldersIn, problemOf } from './folders.ts'
import type { Capabilities } from './compileOperation.ts'
import { FileError, mostBytes, readInside, textOf } from './own-file.ts'
import type { Problem } from './problem.ts'
import { isManifest } from './schemaProblems.ts'
import { readYaml } from './yamlFile.ts'

export interface LoadedConnectors {
  /** By id; a broken one is not among them. */
  readonly connectors: ReadonlyMap<string, Connector>
  readonly problems: readonly Problem[]
}

interface LoadParts {
  readonly builtIn?: string
  readonly own?: readonly string[]
  readonly beside?: ReadonlyMap<string, Connector>
  readonly capabilities?: Capabilities
}

interface Loaded {
  readonly connector: Connector | null
  readonly problems: readonly Problem[]
}

const fenced = fencedEvaluator()

/** Files of one folder are there in no time, unless what they lie on does not answer. Milliseconds. */
const longestRead = 2_000

/**
 * Reads every connector of the folders: each sub-folder with a connector.yaml is one. A broken connector is told of in
 * `problems` and leaves the others working. Between two of users' folders others get their turn.
 * @param builtIn the hub's own folder; its expressions run in this process
 * @param own users' folders (CONNECTORS_DIR); their expressions run fenced, and they may not take a built-in's id
 * @param beside those that are loaded already: their ids are taken
 */
export const loadConnectors = async ({
  builtIn,
  own = [],
  beside = new Map(),
  capabilities = hubCapabilities,
}: LoadParts): Promise<LoadedConnectors> => {
  const connectors = new Map<string, Connector>()
  const problems: Problem[] = []
  for (const directory of [...(builtIn === undefined ? [] : [builtIn]), ...own]) {
    for (const folder of await connectorFoldersIn(directory, problems)) {
      const isOurs = directory === builtIn
      const loaded = await (isOurs
        ? loadConnector(join(folder, 'connector.yaml'), { builtIn: true, capabilities })
        : loadOwn(folder, capabilities))
      problems.push(...loaded.problems)
      if (!isOurs) await turn()
      if (!loaded.connector) continue
      const taken = connectors.get(loaded.connector.id) ?? beside.get(loaded.connector.id)
      if (taken) problems.push(takenId(folder, taken))
      else connectors.set(loaded.connector.id, loaded.connector)
    }
  }
  return { connectors, problems: problems.toSorted((a, b) => a.file.localeCompare(b.file)) }
}

const takenId = (folder: string, { id, builtIn, folder: theirs }: Connector): Problem =>
  problemOf(
    join(folder, 'connector.yaml'),
    `The id "${id}" is taken${builtIn ? ' by a connector that comes with the hub' : ` by ${theirs}`}.`,
    `Give the folder and the connector another id, e.g. "my-${id}".`,
  )

/** One folder of a user's, whatever is in it: what goes wrong in it is its problem, and nobody else's. */
const loadOwn = async (folder: string, capabilities: Capabilities): Promise<Loaded> => {
  const file = join(folder, 'connector.yaml')
  try {
    const loaded = await soon(loadConnector(file, { builtIn: false, capabilities }))
    return loaded.connector ? { ...loaded, problems: await soon(asideProblems(folder)) } : loaded
  } catch (thrown) {
    return {
      connector: null,
      problems: [
        thrown instanceof FileError
          ? problemOf(file, thrown.message, thrown.instead)
          : problemOf(file, `This cannot be read: ${messageOf(thrown)}.`, 'Check the folder and its file.'),
      ],
    }
  }
}

/** What is wrong with the files beside a connector.yaml: without them it works all the same. */
export const asideProblems = async (folder: string): Promise<Problem[]> => {
  const checks = [
    { name: 'icon.svg', check: () => readIcon(folder), without: 'It is shown without a picture' },
    {
      name: 'sandbox.yaml',
      check: async () => textOf(await readInside(folder, 'sandbox.yaml', mostBytes['sandbox.yaml'])),
      without: 'It does not answer in mode test',
    },
  ]
  const found: Problem[] = []
  for (const { name, check, without } of checks) {
    try {
      await check()
    } catch (thrown) {
      if (!(thrown instanceof FileError)) throw thrown
      if (!thrown.isAbsent)
        found.push(problemOf(join(folder, name), thrown.message, `${thrown.instead} ${without} until then.`))
    }
  }
  return found
}

/** @throws FileError where it takes too long */
const soon = async <Value>(work: Promise<Value>): Promise<Value> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const tooLong = new FileError(
    `Reading this takes longer than ${longestRead / 1000} s.`,
    'Put the folder on a disk that answers.',
    {},
  )
  const timer = setTimeout(() => reject(tooLong), longestRead)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Reads one connector.yaml.
 * @returns no connector where there are problems
 */
export const loadConnector = async (
  file: string,
  options: { builtIn: boolean; capabilities?: Capabilities; evaluator?: Evaluator; id?: string },
): Promise<Loaded> => {
  const folder = dirname(file)
  const text = await manifestText(folder, basename(file))
  if (typeof text !== 'string') return { connector: null, problems: [text] }
  const problems: Problem[] = []
  const yaml = readYaml(text, file)
  problems.push(...yaml.problems)
  const report = yaml.reportTo(problems)
  if (problems.length || !isManifest(yaml.value, report)) return { connector: null, problems }
  const manifest = yaml.value
  const expected = options.id ?? basename(folder)
  if (manifest.id !== expected)
    report(
      ['id'],
      `The id "${manifest.id}" is not the folder's name, "${expected}".`,
      `Write "id: ${expected}", or rename the folder.`,
    )
  const evaluator = options.evaluator ?? (options.builtIn ? inProcess : fenced)
  const parts = compileConnector(manifest, evaluator, options.capabilities ?? hubCapabilities, report)
  return problems.length
    ? { connector: null, problems }
    : { connector: { id: manifest.id, folder, builtIn: options.builtIn, manifest, ...parts }, problems }
}

const manifestText = async (folder: string, name: string): Promise<string | Problem> => {
  try {
    return textOf(await readInside(folder, name, mostBytes['connector.yaml']))
  } catch (thrown) {
    if (thrown instanceof FileError) return problemOf(join(folder, name), thrown.message, thrown.instead)
    throw thrown
  }
}
