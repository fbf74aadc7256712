import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConnectors, type Connector } from '../../../hub-server/src/connectors/index.ts'
import { startSandbox, type Sandbox } from '../../../hub-server/src/sandbox/index.ts'
import { attached, folder, there, type Attached } from './attached.ts'
import { checkAnswer, checkRequest, nameOf, type Problem } from './check.ts'
import { describedBy } from './descriptions.ts'
import { exceptionFor, exceptions, withinFor, type Exception } from './exceptions.ts'
import { examplesOf, talk, type Talk } from './talk.ts'
import { writtenOut } from './written-out.ts'

const builtIn = fileURLToPath(new URL('../../../hub-server/connectors', import.meta.url))
const { connectors } = await loadConnectors({ builtIn })
const ids = [...attached.keys()].filter((id) => connectors.has(id))

test('every connector that says so is held to its vendor’s own description', () => {
  const official = [...connectors.values()]
    .filter(({ manifest }) => manifest.checked?.against === 'official')
    .map(({ id }) => id)
  expect(official.filter((id) => !attached.has(id))).toEqual([])
  expect([...attached.keys()].filter((id) => !connectors.has(id))).toEqual([])
})

if (!there) test.skip(`the vendors’ descriptions are not in ${folder}: set VENDOR_SPECS_DIR`, () => undefined)

describe.skipIf(!there)('the vendors’ own descriptions', () => {
  let sandbox: Sandbox
  const used = new Set<Exception>()
  /** What the connectors asked: "connector GET /path", as it is described. */
  const calls = new Set<string>()
  /** Those of them that an exception was needed for. */
  const excused = new Set<string>()
  /** Those that no description speaks of. */
  const heard = new Set<string>()
  const use = (exception: Exception | undefined, call: string): Exception | undefined => {
    if (exception) {
      used.add(exception)
      excused.add(`${exception.connector} ${call}`)
    }
    return exception
  }
  /** A call that is only on the vendor's page, or whose answer is. */
  const isSilent = (id: string, { call, at, message }: Problem): boolean => {
    const is = (at === 'path' || message === 'has no body') && attached.get(id)?.silent?.[call] !== undefined
    if (is) heard.add(`${id} ${call}`)
    return is
  }

  /** The problems that no exception excuses, each once. */
  const unexcused = (id: string, problems: readonly { operation: string; problem: Problem }[]): string[] => {
    const left = problems.filter(
      ({ problem }) => !isSilent(id, problem) && !use(exceptionFor(id, problem), problem.call),
    )
    return [
      ...new Set(
        left.map(({ operation, problem: { call, at, message } }) => `${operation}: ${call}: ${at} ${message}`),
      ),
    ]
  }

  beforeAll(async () => {
    sandbox = await startSandbox({ connectorsDir: builtIn })
  })
  afterAll(() => sandbox.stop())

  describe.each(ids)('%s', (id) => {
    const connector: Connector = connectors.get(id) ?? expect.fail(`There is no ${id}.`)
    const attachedTo: Attached = attached.get(id) ?? {}
    let said: Talk
    beforeAll(async () => {
      said = await talk(connector, attachedTo, sandbox)
    })

    test('knows every request that the examples say must leave', async () => {
      const asked = (await examplesOf(connector)).flatMap(({ operation, exchanges }) =>
        exchanges
          .filter(({ request, answer }) => request.url.startsWith('http') && !isWrongInput(answer.status))
          .map((exchange) => ({ operation, ...exchange })),
      )
      expect(asked.length).toBeGreaterThan(5)
      const problems = await Promise.all(
        asked.map(async ({ operation, request }) =>
          checkRequest(describedBy(id), await writtenOut(request)).map((problem) => ({ operation, problem })),
        ),
      )
      // An example need not write down the key.
      expect(
        unexcused(
          id,
          problems.flat().filter(({ problem }) => problem.at !== 'key'),
        ),
      ).toEqual([])
    })

    test('knows every request that reached the sandbox', () => {
      for (const { asked } of said.exchanges) calls.add(`${id} ${nameOf(describedBy(id), asked)}`)
      expect(
        unexcused(
          id,
          said.exchanges
            .filter(({ answered }) => !isWrongInput(answered.status))
            .flatMap(({ operation, asked }) =>
              checkRequest(describedBy(id), asked).map((problem) => ({ operation, problem })),
            ),
        ),
      ).toEqual([])
    })

    test('knows every answer of the sandbox', () => {
      const silent = Object.keys(attachedTo.silent ?? {})
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
      const problems = said.exchanges.flatMap(({ operation, asked, answered }) => {
        const within = (call: string): string | undefined => use(withinFor(id, call), call)?.within
        return checkAnswer(describedBy(id), asked, answered, { silent, within }).map((problem) => ({
          operation,
          problem,
        }))
      })
      expect(unexcused(id, problems)).toEqual([])
      expect(
        silent.filter((status) => !said.exchanges.some(({ answered }) => answered.status === status)),
        'silent about what is never answered',
      ).toEqual([])
    })

    test('was held to answers about people that the sandbox knows, in every operation', () => {
      for (const operation of connector.operations.keys()) {
        const { known = [], unknown = [] } = said.outcomes.get(operation) ?? {}
        expect(
          [...known, ...unknown].flatMap(({ error }) => error?.message ?? []),
          operation,
        ).toEqual([])
        expect(
          known.some(({ outputs }) => outputs.length > 0),
          `${operation} found somebody`,
        ).toBe(true)
        expect(
          unknown.flatMap(({ outputs }) => outputs),
          `${operation} found nobody`,
        ).toEqual([])
      }
    })
  })

  test(
    'are contradicted only where the vendor’s own page does, no longer than needed, and in a twentieth of the ' +
      'calls at most',
    () => {
      for (const { page } of exceptions) expect(page).toMatch(/^https:\/\//)
      expect(exceptions.filter((one) => !used.has(one))).toEqual([])
      expect(
        ids.flatMap((id) =>
          Object.keys(attached.get(id)?.silent ?? {}).filter(
            (name) => name.includes(' ') && !heard.has(`${id} ${name}`),
          ),
        ),
      ).toEqual([])
      expect(excused.size, `${[...excused].join(', ')}: of ${calls.size} calls`).toBeLessThanOrEqual(calls.size / 20)
    },
  )
})

/**
 * What the vendor itself refuses as wrong input is not held to its description: examples of it are wrong on purpose.
 */
const isWrongInput = (status: number | undefined): boolean => status === 400 || status === 422
