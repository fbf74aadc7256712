import type { HubError } from '../../contracts/errors.ts'
import { asHubError } from '../../contracts/errors.ts'
import type { Connector, Operation } from '../compiled/connector.ts'
import type { Bound } from '../expressions/expression.ts'
import { isAbsent } from '../expressions/shortcut.ts'
import { asList, truthy } from '../expressions/truth.ts'
import type { Outcome, VendorAnswer } from '../port/types.ts'
import { errorOf, isUnreadable } from './classify.ts'
import { asOutput } from './output.ts'

/** What an answer says about one item. */
export interface Reading {
  readonly outputs: readonly unknown[]
  readonly reason?: string
  readonly error?: HubError
  readonly credits: number
  readonly raw: unknown
  /** How many elements the answer's list had, before anything was left out. */
  readonly elements?: number
  /** The gateway's record of the call that answered. */
  readonly ledger?: string
  /** By a job that another run started, and pays for. */
  readonly others?: boolean
}

/** The reading, with the record of the call that it is of. */
export const ofCall = (reading: Reading, { ledger }: VendorAnswer): Reading =>
  ledger === undefined ? reading : { ...reading, ledger }

/** What readings of one answer cost and brought together. */
export const outcomeOf = (readings: readonly Reading[]): Outcome => ({
  credits: readings.reduce((total, { credits }) => total + credits, 0),
  hits: readings.filter(({ outputs }) => outputs.length > 0).length,
})

export interface Reader {
  readonly connector: Connector
  readonly operation: Operation
  readonly fields: Readonly<Record<string, string>>
}

export const miss = ({ connector, operation }: Reader, raw: unknown, credits = 0): Reading => ({
  outputs: [],
  reason: operation.miss?.reason ?? `${connector.manifest.name} found nothing`,
  credits,
  raw,
})

/**
 * What may say "nothing found" as a whole: an answer about one item by status or body, one about many by status only.
 */
export type MayMiss = 'one' | 'many' | 'no'

/** Whether an answer as a whole says "nothing found", whatever its status. */
export const isMiss = async (
  { operation }: Reader,
  mayMiss: MayMiss,
  request: { as: 'json' | 'text' | 'bytes' },
  answer: VendorAnswer,
  bound: Bound,
): Promise<boolean> => {
  const { miss: rule } = operation
  if (!rule || mayMiss === 'no' || isUnreadable(request, answer)) return false
  // Without a status of its own a condition is about good answers, so that an error's body is not taken for a miss.
  const fits = rule.status.length ? rule.status.includes(answer.status) : mayMiss === 'one' && answer.status < 300
  if (!fits) return false
  return rule.when
    ? truthy(await rule.when.evaluate(answer.body, { ...bound, status: answer.status, headers: answer.headers }))
    : true
}

/**
 * What the body, or one element of a batch's answer, says about an item. Never throws: what cannot be read is an
 * error of this item alone.
 * @param most the credits reserved for this item, charged when it cannot be told
 */
export const readItem = async (reader: Reader, root: unknown, bound: Bound, most: number): Promise<Reading> => {
  try {
    return await read(reader, root, { body: root, ...bound }, most)
  } catch (thrown) {
    return { outputs: [], error: asHubError(thrown), credits: most, raw: root }
  }
}

const read = async (reader: Reader, root: unknown, bound: Bound, most: number): Promise<Reading> => {
  const { connector, operation, fields } = reader
  const charged = (found: number): Promise<number> => chargeFor(reader, root, bound, most, found)
  if (operation.miss?.when && !operation.miss.status.length && truthy(await operation.miss.when.evaluate(root, bound)))
    return miss(reader, root, await charged(0))
  if (isNoAnswer(operation, root))
    return {
      outputs: [],
      error: errorOf(connector, fields, 'bad_response', 'the answer says nothing'),
      credits: most,
      raw: root,
    }
  if (operation.each?.path && isAbsent(operation.each.path, root, bound)) {
    return {
      outputs: [],
      error: errorOf(connector, fields, 'bad_response', `the answer has no "${operation.each.source}"`),
      credits: most,
      raw: root,
    }
  }
  const elements = operation.each ? asList(await operation.each.evaluate(root, bound)) : [root]
  const outputs: unknown[] = []
  let wrong: string | undefined
  for (const element of elements) {
    if (operation.keep && !truthy(await operation.keep.evaluate(element, bound))) continue
    const made = asOutput(operation.capability.output, await operation.read(element, bound))
    if ('wrong' in made) wrong ??= made.wrong
    else if (made.output !== undefined) outputs.push(made.output)
  }
  const credits = await charged(operation.keep ? elements.length : outputs.length)
  if (wrong !== undefined)
    return {
      outputs,
      error: errorOf(connector, fields, 'bad_response', wrong),
      credits,
      raw: root,
      elements: elements.length,
    }
  return outputs.length
    ? { outputs, credits, raw: root, elements: elements.length }
    : { ...miss(reader, root, credits), elements: elements.length }
}

/**
 * A question is answered by a list or an object with something in it, unless text is asked for: anything else would
 * look as if nothing was found. A vendor that says so by {} has a rule under `miss`.
 */
const isNoAnswer = ({ capability, one, many }: Operation, root: unknown): boolean =>
  capability.effect === 'read' &&
  (typeof root !== 'object' || (root !== null && Object.keys(root).length === 0 && !Array.isArray(root))) &&
  [one, many]
    .flatMap((way) => [way?.request, way?.job?.result, ...(way?.steps ?? []).map(({ request }) => request)])
    .every((request) => !request || request.as === 'json')

const chargeFor = async (
  { operation }: Reader,
  root: unknown,
  bound: Bound,
  most: number,
  found: number,
): Promise<number> => {
  if (operation.charge) {
    const charge = Number(await operation.charge.evaluate(root, bound))
    return Number.isFinite(charge) ? Math.max(0, charge) : most
  }
  const { credits } = operation.manifest
  if (typeof credits === 'object') return Math.ceil(found / credits.results) * credits.each
  return found ? most : 0
}
