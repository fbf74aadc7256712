import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { inProcess } from '../../../hub-server/src/connectors/expressions/inProcess.ts'
import { compileValue } from '../../../hub-server/src/connectors/compiled/template.ts'
import type { Population } from '../../../hub-server/src/sandbox/index.ts'
import type { Attached, Question } from './attached.ts'
import { isMap } from './maps.ts'

const usual = parse(readFileSync(new URL('questions.yaml', import.meta.url), 'utf8')) as Readonly<
  Record<string, Question>
>

/** What questions speak of; see questions.yaml. */
export interface Subjects {
  /** Whose own ids are spoken of. */
  readonly connector: string
  readonly people: readonly unknown[]
  readonly companies: readonly unknown[]
  /** Kind of record → ids. */
  readonly made: Readonly<Record<string, readonly string[]>>
}

export const subjectsOf = (population: Population, connector: string, count = 14): Subjects => ({
  connector,
  people: Array.from({ length: count }, (_, at) => population.person(at * 83)),
  companies: Array.from({ length: count }, (_, at) => population.company(at * 17)),
  made: {},
})

export interface Asking {
  readonly known: readonly unknown[]
  readonly unknown: readonly unknown[]
}

/** What an operation is asked; nothing where no question is written for it. */
export const questionsFor = async (
  operation: string,
  { questions = {} }: Attached,
  subjects: Subjects,
): Promise<Asking> => {
  const [capability = '', variant = ''] = operation.split('.')
  const question = questions[operation] ?? questions[capability] ?? usual[operation] ?? usual[capability] ?? {}
  const items = async (value: unknown): Promise<unknown[]> => {
    const render = compileValue(value, [operation], (source, path) =>
      inProcess.compile(source, { connector: 'questions', field: path.join('.') }, { maps: {}, tables: {} }),
    )
    const given: unknown = await render({ ...subjects, variant }, {})
    return [given].flat().filter(isMap)
  }
  return { known: await items(question.known), unknown: await items(question.unknown) }
}
