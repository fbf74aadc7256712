import type { Logger } from 'pino'
import type { Block, BlockContext, BlockItem } from '../blocks/block.ts'
import { holds, reasonOf } from '../blocks/conditions.ts'
import { asHubError, HubError, type ErrorValue } from '../contracts/errors.ts'
import type { PassedBy, Result } from '../contracts/result.ts'
import type { RunStep } from '../contracts/run.ts'
import { problemsOf } from '../contracts/validate.ts'
import { createYielding } from '../contracts/yielding.ts'
import { isUnavailable } from '../db/unavailable.ts'
import type { Worked } from './end-chunk.ts'
import type { Piece } from './pieces.ts'
import { watchAsked } from './unasked.ts'

export interface StepParts {
  readonly blocks: ReadonlyMap<string, Block>
  /** The context for a block of the line; `nameOf` names what stands before it. */
  readonly contextOf: (step: number, nameOf: (index: number) => string) => BlockContext
  readonly log: Logger
}

/** A step of a run's line. */
export interface Place {
  readonly step: RunStep
  /** Which one it is, from 0. */
  readonly number: number
  readonly isLast: boolean
}

/** What became of a step's pieces; those in neither list stay open. */
export type Stepped = Pick<Worked, 'ended' | 'gone' | 'pauses'>

/**
 * Does one step of a run's line with what stands before it. Pieces that the step's condition does not hold for pass
 * it by.
 * @throws only when the database is away
 */
export const runStep = async (
  parts: StepParts,
  { step, number, isLast }: Place,
  pieces: readonly Piece[],
): Promise<Stepped> => {
  const passed = new Map<Piece, PassedBy>()
  const due = createYielding()
  for (const piece of step.when ? pieces : []) {
    if (!isFor(step, piece)) passed.set(piece, noteOf(step, number, piece))
    await due()
  }
  const worked = await runBlock(
    parts,
    step,
    number,
    pieces.filter((piece) => !passed.has(piece)),
  )
  const ended: Stepped['ended'][number][] = []
  const gone: Stepped['gone'][number][] = []
  for (const piece of pieces) {
    const note = passed.get(piece)
    const notes = note ? [...piece.passed, note] : piece.passed
    const result: Result | undefined = note
      ? { item: piece.piece, status: 'done', outputs: [piece.input] }
      : worked.results.get(piece.piece)
    if (!result) continue
    if (!isLast && result.status === 'done' && result.outputs.length > 0)
      gone.push({ piece, outputs: result.outputs, passed: notes })
    else ended.push({ piece, result: notes.length > 0 ? { ...result, passedBy: [...notes] } : result })
  }
  return { ended, gone, ...(worked.pauses && { pauses: worked.pauses }) }
}

const isFor = ({ when }: RunStep, { input }: Piece): boolean => when === undefined || holds(when, recordOf(input))

const noteOf = ({ block, when }: RunStep, number: number, { input }: Piece): PassedBy => ({
  step: number + 1,
  block,
  reason: when ? reasonOf(when, recordOf(input)) : '',
})

interface Answered {
  /** By their pieces' numbers; those that stay open have none. */
  readonly results: ReadonlyMap<number, Result>
  readonly pauses?: ErrorValue
}

/** One block over pieces. */
const runBlock = async (
  { blocks, contextOf, log }: StepParts,
  { block: id, options }: RunStep,
  step: number,
  pieces: readonly Piece[],
): Promise<Answered> => {
  const block = blocks.get(id)
  const failAll = (error: HubError): Answered => ({
    results: new Map(pieces.map(({ piece }) => [piece, failed(piece, error)])),
  })
  if (pieces.length === 0) return { results: new Map() }
  if (!block)
    return failAll(
      new HubError('unsupported', `This hub has no block ${id}.`, { advice: 'GET /v1/blocks lists the blocks.' }),
    )
  const { items, refused } = sorted(block, pieces)
  const names = new Map(pieces.map(({ piece, name }) => [piece, name]))
  const { context, openOf, wasCut, waits } = watchAsked(contextOf(step, (index) => names.get(index) ?? String(index)))
  try {
    const given = items.length > 0 ? await block.run(items, options, context) : []
    const results = new Map([...refused, ...given].map((result) => [result.item, result]))
    const forgotten = new HubError('unavailable', 'The block gave no result for this item.')
    const all = pieces.map(({ piece }) => results.get(piece) ?? failed(piece, forgotten))
    const open = openOf(all)
    const pauses = all.find(({ error }) => error?.pauses)?.error ?? waits()
    return {
      results: new Map(all.filter(({ item }) => !open.has(item)).map((result) => [result.item, result])),
      ...(pauses && { pauses }),
    }
  } catch (thrown) {
    // Nothing is wrong with the items: they are done again when the database is back, or when the run goes on.
    if (isUnavailable(thrown)) throw thrown
    if (wasCut(thrown)) return { results: new Map(refused.map((result) => [result.item, result])) }
    if (!(thrown instanceof HubError)) log.error({ err: thrown, block: id }, 'a block failed')
    return failAll(asHubError(thrown))
  }
}

/** The items that the block can take, and what is wrong with the others. */
const sorted = (
  block: Block,
  pieces: readonly Piece[],
): { items: BlockItem<Record<string, unknown>>[]; refused: Result[] } => {
  const refused: Result[] = []
  const items: BlockItem<Record<string, unknown>>[] = []
  for (const { piece, input } of pieces) {
    const value = recordOf(input)
    const problems = problemsOf(block.contract.item, value)
    if (problems.length === 0) items.push({ index: piece, value })
    else refused.push(failed(piece, wrongItem(problems)))
  }
  return { items, refused }
}

export const failed = (item: number, error: HubError): Result => ({
  item,
  status: 'failed',
  outputs: [],
  error: error.toValue(),
})

const wrongItem = (problems: { path: string; message: string }[]) =>
  new HubError(
    'invalid_input',
    'The item is not right: ' +
      `${problems.map(({ path, message }) => (path === '/' ? `it ${message}` : `${path} ${message}`)).join('; ')}.`,
  )

const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
