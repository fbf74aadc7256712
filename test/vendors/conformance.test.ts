import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { variantOf, type Capability } from '../../hub-server/src/capabilities/capability.ts'
import { batchSize, canDo, creditsOf, loadConnectors } from '../../hub-server/src/connectors/index.ts'
import type { Asked } from '../../hub-server/src/gateway/asking/gateway.ts'
import { attached } from './descriptions/attached.ts'
import { isMap, textIn } from './descriptions/maps.ts'
import { questionsFor, subjectsOf, type Asking } from './descriptions/questions.ts'
import { builtIn, openStage, type Desk, type Stage } from './stage.ts'
import { turnOf } from './turn.ts'
import { judges, truthOf } from './truth.ts'
import { exceptionsOf, wrongShareOf } from './values.ts'

// Every operation of every connector, through the gateway and HTTP, at the sandbox; adding a connector adds no test
// code.
// What is asked: descriptions/questions.yaml, or attached/<connector>.yaml where that does not do.
const { connectors } = await loadConnectors({ builtIn })

/** What a key's word must come to; docs/sandbox.md lists the words. */
const refusals = [
  ['bad', 'unauthorized'],
  ['limited', 'rate_limited'],
  ['empty', 'quota_exceeded'],
  ['down', 'unavailable'],
  ['html', 'bad_response'],
  ['truncated', 'bad_response'],
] as const

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(() => stage.post('reset'))

describe.each([...connectors.values()])('$id', (connector) => {
  const { id } = connector
  const capabilityOf = (operation: string): Capability =>
    connector.operations.get(operation)?.capability ?? expect.fail(`There is no ${operation}.`)
  const operations = [...connector.operations.keys()].sort((a, b) => turnOf(a) - turnOf(b))
  const ask = (desk: Desk, operation: string, items: readonly unknown[]) =>
    desk.ask(capabilityOf(operation), id, items, { raw: true })

  /**
   * Goes through the operations, with so many people and companies to ask about; gives what `visit` has found wrong.
   */
  const walk = async (
    count: number,
    visit: (
      operation: string,
      asking: Asking,
    ) => Promise<{ found: readonly Asked<unknown>[]; problems: readonly string[] }>,
  ): Promise<string[]> => {
    let subjects = subjectsOf(stage.sandbox.population, id, count)
    const all: string[] = []
    for (const operation of operations) {
      const { known, unknown } = await questionsFor(operation, attached.get(id) ?? {}, subjects)
      const able = (items: readonly unknown[]) => items.filter((item) => canDo(connector, operation, item))
      const { found, problems } = await visit(operation, { known: able(known), unknown: able(unknown) })
      all.push(...problems.map((problem) => `${operation}: ${problem}`))
      const [capability, kind = ''] = operation.split('.')
      if (capability === 'upsertRecords')
        subjects = {
          ...subjects,
          made: { ...subjects.made, [kind]: found.flatMap(({ outputs }) => textIn(outputs[0], 'id') ?? []) },
        }
    }
    return all
  }

  /** Something that sends nothing yet is asked first (a log-in, a check), and meets what is wrong. */
  const prepares = (operation: string): boolean =>
    connector.compiled.tokens.length > 0 ||
    connector.operations.get(operation)?.one?.steps?.some((step) => step.prepares) === true
  /**
   * A message that was taken, with an answer that nobody can read, or one that failed inside the service
   * (docs/sending.md).
   */
  const staysUnclear = async (operation: string, word: string): Promise<boolean> => {
    if (capabilityOf(operation).effect !== 'send' || prepares(operation)) return false
    return word === 'html' || word === 'truncated' || (word === 'down' && (await stage.lastStatus(id)) === 500)
  }

  interface First extends Asking {
    readonly found: readonly Asked<unknown>[]
    readonly nobody: readonly Asked<unknown>[]
  }
  /** What a good key has found, by operation. */
  const first = new Map<string, First>()
  const firstOf = (operation: string): First => first.get(operation) ?? expect.fail(`${operation} was not asked.`)
  beforeAll(async () => {
    await stage.post('reset')
    const desk = await stage.desk(id)
    await walk(14, async (operation, asking) => {
      const found = await ask(desk, operation, asking.known)
      first.set(operation, { ...asking, found, nobody: await ask(desk, operation, asking.unknown) })
      return { found, problems: [] }
    })
  })

  const truth = () => truthOf(stage.sandbox.population, id, wrongShareOf(connector.folder))
  /**
   * Values of answers that are not what the population says, by field; but for those that descriptions/values.yaml
   * explains.
   */
  const valueProblems = (operation: string): string[] => {
    const { known, found } = firstOf(operation)
    const judge = judges[capabilityOf(operation).name]
    const explained = exceptionsOf(id, operation)
    const problems = judge
      ? found.flatMap(({ outputs }, at) => judge(truth(), asMap(known[at]), outputs.filter(isMap)))
      : []
    return [...new Set(problems)]
      .filter((problem) => !explained.some((field) => problem.startsWith(field)))
      .slice(0, 10)
  }

  test.each(operations)('%s finds whom the sandbox knows, and nobody else', (operation) => {
    const { known, found, nobody } = firstOf(operation)
    expect(known, 'what questions.yaml asks').not.toEqual([])
    expect(wrong([...found, ...nobody])).toEqual([])
    expect(found.some(({ outputs }) => outputs.length > 0)).toBe(true)
    expect(valueProblems(operation), 'values that are not the population’s').toEqual([])
    expect(nobody.flatMap(({ outputs }) => outputs)).toEqual([])
  })

  test.each(refusals)('a key that is %s: %s', async (word, kind) => {
    const desk = await stage.desk(`${id}-${word}`)
    await desk.connect(connector, `sandbox-${id}-${word}`)
    const refused = await stage.desk(`${id}-${word}-bad`)
    await refused.connect(connector, `sandbox-${id}-bad`)
    const problems: string[] = []
    for (const operation of operations) {
      if (word === 'empty' && creditsOf(connector, operation) === 0) continue
      // A mail server answers with reply codes: none is HTML, or half of one.
      const isMail = connector.operations.get(operation)?.one?.request?.protocol === 'smtp'
      if (isMail && (word === 'html' || word === 'truncated')) continue
      const { known, found } = firstOf(operation)
      const item = [known[found.findIndex(({ outputs }) => outputs.length > 0)]]
      const [answer] = await ask(desk, operation, item)
      if (!answer) {
        problems.push(`${operation}: no answer`)
        continue
      }
      const isExpected = (await staysUnclear(operation, word))
        ? answer.status === 'uncertain'
        : answer.status === 'failed' && answer.error?.kind === kind
      if (isExpected) continue
      // Some vendors tell no refused key from an empty account, and one text cannot be told from another, nor nothing
      // from the half of it.
      if (word === 'empty' && (await ask(refused, operation, item))[0]?.error?.message === answer.error?.message)
        continue
      if (
        (word === 'truncated' || word === 'html') &&
        answer.status === 'done' &&
        (typeof answer.raw !== 'object' || (await stage.lastStatus(id)) === 204)
      )
        continue
      // What was written with another key is not there.
      if (word === 'truncated' && answer.error?.kind === 'not_found' && /^(delete|associate)/.test(operation)) continue
      problems.push(`${operation}: ${answer.status} ${answer.error?.kind} ${answer.error?.message}`)
    }
    expect(problems).toEqual([])
  })

  test.runIf(operations.some((operation) => batchSize(connector, operation) > 1))(
    'takes batches of none, one and most, and of what is repeated and written otherwise',
    async () => {
      const desk = await stage.desk(`${id}-batches`)
      const most = Math.max(...operations.map((operation) => batchSize(connector, operation)))
      const problems = await walk(most, async (operation, { known }) => {
        const capability = capabilityOf(operation)
        const items = known.slice(0, batchSize(connector, operation))
        const found = await ask(desk, operation, items)
        const one = await ask(desk, operation, items.slice(0, 1))
        const few = items.slice(0, 3)
        const repeated = await ask(desk, operation, [...few, ...few.map((item) => shouted(capability, item)), ...few])
        const told = (answer: Asked<unknown> | undefined): string =>
          JSON.stringify(
            capability.effect === 'read'
              ? answer?.outputs
              : capability.name === 'upsertRecords' && textIn(answer?.outputs[0], 'id'),
          )
        return {
          found,
          problems: [
            ...(await ask(desk, operation, [])).map(() => 'answers nothing'),
            ...(found.length === items.length && one.length === 1 && repeated.length === 3 * few.length
              ? []
              : ['answers are missing']),
            // What was deleted is not there a second time, and a vendor may say so.
            ...wrong(operation.startsWith('delete') ? found : [...found, ...one, ...repeated]),
            ...repeated
              .filter((answer, at) => told(answer) !== told(repeated[at % few.length]))
              .map((answer) => `says of the same one ${told(answer)}`),
          ],
        }
      })
      expect(problems).toEqual([])
    },
  )
})

const asMap = (value: unknown): Readonly<Record<string, unknown>> => (isMap(value) ? value : {})

/** The errors among answers, each once. */
const wrong = (answers: readonly Asked<unknown>[]): string[] => [
  ...new Set(
    answers
      .filter(({ status }) => status !== 'done')
      .map(({ status, error }) => `${status} ${error?.kind} ${error?.message}`),
  ),
]

/** The same item in capitals, where that changes nothing. */
const shouted = (capability: Capability, item: unknown): unknown => {
  const loud = isMap(item)
    ? Object.fromEntries(
        Object.entries(item).map(([name, value]) => [
          name,
          typeof value === 'string' && name !== capability.variants?.field ? value.toUpperCase() : value,
        ]),
      )
    : item
  return variantOf(capability, loud) === variantOf(capability, item) && capability.key(loud) === capability.key(item)
    ? loud
    : item
}
