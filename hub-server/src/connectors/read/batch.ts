import { asHubError } from '../../contracts/errors.ts'
import type { Batch } from '../compiled/connector.ts'
import type { Bound, Expression } from '../expressions/expression.ts'
import { isAbsent } from '../expressions/shortcut.ts'
import { asList } from '../expressions/truth.ts'
import type { VendorAnswer } from '../port/types.ts'
import { errorFrom, errorOf, rowFor } from './classify.ts'
import { miss, readItem, type Reader, type Reading } from './reading.ts'

/**
 * What a batch's answer says about each of its items, in the order of the items: matched by key or by order, refused
 * ones from the answer's own list of failures.
 * @param most credits reserved for one item
 */
export const readBatch = async (
  reader: Reader,
  batch: Batch,
  answer: VendorAnswer,
  items: readonly unknown[],
  bound: Bound,
  most: number,
): Promise<Reading[]> => {
  try {
    return await match(reader, batch, answer, items, { ...bound, body: answer.body }, most)
  } catch (thrown) {
    const error = asHubError(thrown)
    return items.map(() => ({ outputs: [], error, credits: most, raw: answer.body }))
  }
}

const match = async (
  reader: Reader,
  batch: Batch,
  answer: VendorAnswer,
  items: readonly unknown[],
  bound: Bound,
  most: number,
): Promise<Reading[]> => {
  const { connector, fields } = reader
  const { answers } = batch
  const refused = await failuresOf(reader, batch, answer, items, bound)
  const bad = (said: string): Reading => ({
    outputs: [],
    error: errorOf(connector, fields, 'bad_response', said),
    credits: most,
    raw: answer.body,
  })
  if (answers.each.path && isAbsent(answers.each.path, answer.body, bound))
    return items.map((_, position) => refused[position] ?? bad(`the answer has no "${answers.each.source}"`))
  const elements = asList(await answers.each.evaluate(answer.body, bound))

  const found = await pair(answers, elements, items, bound)
  if (!found)
    return items.map(
      (_, position) =>
        refused[position] ??
        bad(`${elements.length} answers came for ${items.length} items, so it is not known whose they are`),
    )

  return Promise.all(
    items.map(async (item, position): Promise<Reading> => {
      const failure = refused[position]
      if (failure) return failure
      const element = found[position]
      if (element === null) return miss(reader, element)
      if (element === undefined)
        return answers.missing === 'miss' ? miss(reader, element) : bad('there is no answer about this item')
      const own: Bound = { ...bound, item }
      const row = await rowFor(answers.errors, answer.status, element, own)
      if (row)
        return {
          outputs: [],
          error: await errorFrom(row, { connector, fields, answer, root: element }, own),
          credits: 0,
          raw: element,
        }
      return readItem(reader, element, own, most)
    }),
  )
}

/** The element that belongs to each item; null when answers in order are not as many as the items. */
const pair = async (
  answers: Batch['answers'],
  elements: unknown[],
  items: readonly unknown[],
  bound: Bound,
): Promise<unknown[] | null> => {
  if (!answers.key || !answers.item) {
    if (elements.length === 0 && answers.missing === 'miss') return items.map(() => undefined)
    return elements.length === items.length ? elements : null
  }
  const byKey = new Map<string, unknown>()
  for (const element of elements) {
    const key = await keyOf(answers.key, element, bound)
    if (key !== null && !byKey.has(key)) byKey.set(key, element)
  }
  const { item: itemKey } = answers
  return Promise.all(items.map(async (item) => byKey.get((await keyOf(itemKey, item, bound)) ?? '')))
}

const failuresOf = async (
  reader: Reader,
  { failures }: Batch,
  answer: VendorAnswer,
  items: readonly unknown[],
  bound: Bound,
): Promise<(Reading | undefined)[]> => {
  if (!failures) return []
  const { connector, fields } = reader
  const refusals = new Map<string, unknown>()
  for (const refusal of asList(await failures.each.evaluate(answer.body, bound))) {
    const keys = asList(await failures.key.evaluate(refusal, bound))
    for (const key of keys) refusals.set(normal(key) ?? '', refusal)
  }
  if (refusals.size === 0) return []
  return Promise.all(
    items.map(async (item): Promise<Reading | undefined> => {
      const refusal = refusals.get((await keyOf(failures.item, item, bound)) ?? '')
      if (refusal === undefined) return undefined
      const row = await rowFor(failures.errors, answer.status, refusal, bound)
      const error = await errorFrom(
        row ?? { status: [], kind: failures.kind, ...(failures.message && { message: failures.message }) },
        { connector, fields, answer, root: refusal },
        bound,
      )
      return { outputs: [], error, credits: 0, raw: refusal }
    }),
  )
}

const keyOf = async (expression: Expression, root: unknown, bound: Bound): Promise<string | null> =>
  normal(await expression.evaluate(root, bound))

/** Vendors change the case of what they were asked about. */
const normal = (key: unknown): string | null =>
  typeof key === 'string' || typeof key === 'number' ? String(key).trim().toLowerCase() : null
