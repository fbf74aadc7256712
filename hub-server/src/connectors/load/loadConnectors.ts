import { basename, dirname } from 'node:path'
import { capabilities as hubCapabilities } from '../../capabilities/index.ts'
import type { Connector } from '../compiled/connector.ts'
import { fencedEvaluator } from '../expressions/fence.ts'
import type { Evaluator } from '../expressions/expression.ts'
import { inProcess } from '../expressions/inProcess.ts'
import { compileConnector } from './compileConnector.ts'
import { manifestsIn, textOf } from './folders.ts'
import type { Capabilities } from './compileOperation.ts'
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

const fenced = fencedEvaluator()

/**
 * Reads every connector of the folders: each sub-folder with a connector.yaml is one. A broken connector is told of in
 * `problems` and leaves the others working.
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
    for (const file of await manifestsIn(directory, problems)) {
      const loaded = await loadConnector(file, { builtIn: directory === builtIn, capabilities })
      problems.push(...loaded.problems)
      if (!loaded.connector) continue
      const taken = connectors.get(loaded.connector.id) ?? beside.get(loaded.connector.id)
      if (taken) {
        problems.push({
          file,
          line: 1,
          column: 1,
          message:
            `The id "${taken.id}" is ` +
            `taken${taken.builtIn ? ' by a connector that comes with the hub' : ` by ${taken.folder}`}.`,
          instead: `Give the folder and the connector another id, e.g. "my-${taken.id}".`,
        })
        continue
      }
      connectors.set(loaded.connector.id, loaded.connector)
    }
  }
  // Folders are read side by side: what is wrong in one stands together, in the order of their names.
  return { connectors, problems: problems.toSorted((a, b) => a.file.localeCompare(b.file)) }
}

/** Reads one connector.yaml. */
export const loadConnector = async (
  file: string,
  options: { builtIn: boolean; capabilities?: Capabilities; evaluator?: Evaluator; id?: string },
): Promise<{ connector: Connector | null; problems: Problem[] }> => {
  const folder = dirname(file)
  const problems: Problem[] = []
  const text = await textOf(file, problems)
  if (text === null) return { connector: null, problems }
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
