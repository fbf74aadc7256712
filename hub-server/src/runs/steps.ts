import type { Logger } from 'pino'
import type { Block, BlockContext, BlockItem } from '../blocks/block.ts'
import { asHubError, HubError, type ErrorValue } from '../contracts/errors.ts'
import type { Result } from '../contracts/result.ts'
import type { RunStep } from '../contracts/run.ts'
import { problemsOf } from '../contracts/validate.ts'
import { isAway } from '../db/away.ts'

/** What stands before a block of the line: an item of the run, or one of its outputs on the way. */
interface Piece {
  /** Position of the run's item. */
  readonly item: number
  /** Names it for ever within the run: the item, then which output of each block it is. */
  readonly name: string
  readonly input: unknown
}

export interface StepParts {
  readonly blocks: ReadonlyMap<string, Block>
  /** The context for one block of the line; `nameOf` names what stands before it. */
  readonly contextOf: (step: number, nameOf: (index: number) => string) => BlockContext
  readonly log: Logger
}

/**
 * Does a run's blocks one after the other: what one gives is what the next gets.
 * @returns one result for each item, with the outputs of the last block
 * @throws only when the database is away
 */
export const runSteps = async ({ blocks, contextOf, log }: StepParts, steps: readonly RunStep[], rows: readonly { item: number; input: unknown }[]): Promise<Result[]> => {
  const ended: Ended[] = []
  let pieces: Piece[] = rows.map(({ item, input }) => ({ item, name: String(item), input }))
  for (const [position, { block, options }] of steps.entries()) {
    const here = pieces
    // The first block counts by the run's own positions, the others by their place in line.
    const indexOf = (at: number): number => (position === 0 ? (here[at]?.item ?? at) : at)
    const names = new Map(here.map(({ name }, at) => [indexOf(at), name]))
    const results = await runBlock(blocks.get(block), block, here.map(({ input }, at) => ({ item: indexOf(at), input })), options, contextOf(position, (index) => names.get(index) ?? String(index)), log)
    const isLast = position === steps.length - 1
    pieces = []
    for (const [at, result] of results.entries()) {
      const piece = here[at]
      if (!piece) continue
      if (isLast || result.status !== 'done' || result.outputs.length === 0) ended.push({ item: piece.item, result })
      else pieces.push(...result.outputs.map((input, ordinal) => ({ item: piece.item, name: `${piece.name}.${ordinal}`, input })))
    }
  }
  const byItem = Map.groupBy(ended, ({ item }) => item)
  return rows.map(({ item }) => together(item, (byItem.get(item) ?? []).map(({ result }) => result)))
}

interface Ended {
  readonly item: number
  readonly result: Result
}

/** What became of an item that was several on the way. */
const together = (item: number, results: readonly Result[]): Result => {
  const [only] = results
  if (only && results.length === 1) return { ...only, item }
  const waiting = results.find(({ error }) => error?.pauses)
  if (waiting) return { ...waiting, item }
  const outputs = results.flatMap((result) => result.outputs)
  const wrong = results.filter(({ status }) => status === 'failed' || status === 'uncertain')
  const [first] = wrong
  if (!first) return { item, status: results.some(({ status }) => status === 'done') ? 'done' : 'skipped', outputs, ...(outputs.length === 0 && only?.reason && { reason: only.reason }) }
  return { item, status: results.some(({ status }) => status === 'uncertain') ? 'uncertain' : 'failed', outputs, ...(first.error && { error: ofSeveral(first.error, wrong.length, results.length) }) }
}

const ofSeveral = (error: ErrorValue, wrong: number, all: number): ErrorValue => ({ ...error, message: `${wrong} of the ${all} that this item gave: ${error.message}` })

/** One block over items: one result for each, in their order. */
const runBlock = async (block: Block | undefined, id: string, rows: readonly { item: number; input: unknown }[], options: unknown, context: BlockContext, log: Logger): Promise<Result[]> => {
  const failAll = (error: HubError): Result[] => rows.map(({ item }) => ({ item, status: 'failed', outputs: [], error: error.toValue() }))
  if (rows.length === 0) return []
  if (!block) return failAll(new HubError('unsupported', `This hub has no block ${id}.`, { advice: 'GET /v1/blocks lists the blocks.' }))
  const refused: Result[] = []
  const items: BlockItem<Record<string, unknown>>[] = []
  for (const { item, input } of rows) {
    const value = isObject(input) ? input : {}
    const problems = problemsOf(block.contract.item, value)
    if (problems.length === 0) items.push({ index: item, value })
    else refused.push({ item, status: 'failed', outputs: [], error: wrongItem(problems).toValue() })
  }
  try {
    const given = items.length > 0 ? await block.run(items, isObject(options) ? options : {}, context) : []
    const results = new Map([...refused, ...given].map((result) => [result.item, result]))
    const forgotten = new HubError('unavailable', 'The block gave no result for this item.').toValue()
    return rows.map(({ item }) => results.get(item) ?? { item, status: 'failed', outputs: [], error: forgotten })
  } catch (thrown) {
    // Nothing is wrong with the items: they are done again when the database is back.
    if (isAway(thrown)) throw thrown
    if (!(thrown instanceof HubError)) log.error({ err: thrown, block: id }, 'a block failed')
    return failAll(asHubError(thrown))
  }
}

const wrongItem = (problems: { path: string; message: string }[]) =>
  new HubError('invalid_input', `The item is not right: ${problems.map(({ path, message }) => (path === '/' ? `it ${message}` : `${path} ${message}`)).join('; ')}.`)

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
