import { expect } from 'vitest'
import { Problem, type ErrorValue } from '../../hub-server/src/contracts/errors.ts'
import { problemsOf } from '../../hub-server/src/contracts/validate.ts'
import type { HubAnswer } from './hub-process.ts'

/** What no person should be shown: a program's insides. */
const insides = new RegExp(
  String.raw`undefined|\[object |NaN|\bat (async )?\S+ \(|node_modules|\.ts:\d|` +
    String.raw`Something went wrong inside the hub|must NOT|ECONN|EADDR`,
)

/** One or more whole sentences without a program's insides. */
export const expectSentence = (text: string): void => {
  expect(text).toMatch(/^[A-Z“\p{Ll}\d:].{8,}[.!?)”]$/su)
  expect(text).not.toMatch(insides)
}

export interface Expected {
  readonly status: number
  readonly kind: Problem['kind']
  /** What the sentences must name. */
  readonly names?: RegExp
}

/** The answer is a problem of RFC 9457 that says what happened and what to do. */
export const expectProblem = (answer: HubAnswer<unknown>, { status, kind, names = /./ }: Expected): void => {
  expect(answer).toMatchObject({
    status,
    type: 'application/problem+json',
    body: { status, kind, type: `about:blank#${kind}` },
  })
  expect(problemsOf(Problem, answer.body)).toEqual([])
  const { title, detail, advice }: Problem = JSON.parse(answer.text)
  expect(title).not.toBe('')
  expectSentence(detail)
  expectSentence(advice)
  expect(`${detail} ${advice}`).toMatch(names)
}

/** An item's error says what happened and what to do. */
export const expectItemError = (error: ErrorValue | undefined, kind: ErrorValue['kind'], names: RegExp): void => {
  expect(error).toMatchObject({ kind })
  expectSentence(error?.message ?? '')
  expectSentence(error?.advice ?? '')
  expect(`${error?.message} ${error?.advice}`).toMatch(names)
}
