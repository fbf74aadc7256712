import { existsSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { missingCases } from './examples/required.ts'
import { replayExamples } from './examples/replay.ts'
import { asideProblems, loadConnector } from './load/loadConnectors.ts'
import type { Problem } from './load/problem.ts'

/** What a person reads about a connector's folder, and whether all is right. */
export interface Verdict {
  readonly good: boolean
  readonly lines: readonly string[]
}

/**
 * Reads a connector and replays its examples; nothing leaves the machine. Each mistake is told with its place and what
 * to do.
 */
export const checkConnector = async (folder: string): Promise<Verdict> => {
  const file = join(resolve(folder), 'connector.yaml')
  if (!existsSync(file))
    return { good: false, lines: [`There is no connector.yaml in ${folder}. “./hub connector new <name>” writes one.`] }
  const { connector, problems } = await loadConnector(file, { builtIn: false })
  if (!connector) return { good: false, lines: [...problems.flatMap(told), counted(problems.length, 'mistake')] }

  const aside = await asideProblems(connector.folder)
  const outcomes = await replayExamples(connector)
  const wrong = outcomes.filter((outcome) => outcome.problems.length > 0)
  const missing = missingCases(connector, outcomes)
  return {
    good: wrong.length + missing.length + aside.length === 0,
    lines: [
      `${connector.manifest.name}: connector.yaml is right. It can: ${[...connector.operations.keys()].join(', ')}.`,
      ...aside.flatMap(told),
      ...wrong.flatMap((outcome) => [`examples/${outcome.file}`, ...outcome.problems.map((problem) => `  ${problem}`)]),
      ...(missing.length > 0
        ? [
            `No example shows: ${missing.join(', ')}.`,
            `  Add each as examples/<operation>.<case>.json, with the vendor’s own answer in it.`,
          ]
        : []),
      `${counted(outcomes.length, 'example')}, ` +
        `${wrong.length === 0 ? 'all right' : `${wrong.length} wrong`}${
          missing.length > 0 ? `, ${missing.length} ` + 'missing' : ''
        }.`,
      ...(existsSync(join(resolve(folder), 'icon.svg'))
        ? []
        : [`There is no icon.svg: ${basename(resolve(folder))} is shown without a picture.`]),
    ],
  }
}

const told = ({ file, line, column, message, instead }: Problem): string[] => [
  `${relative('', file) || file}:${line}:${column}`,
  `  ${message}`,
  `  ${instead}`,
]

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
