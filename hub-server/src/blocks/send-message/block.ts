import type { Static, TSchema } from 'typebox'
import type { Capability } from '../../capabilities/capability.ts'
import { sendEmail } from '../../capabilities/sendEmail.ts'
import { sendMessage } from '../../capabilities/sendMessage.ts'
import { HubError } from '../../contracts/errors.ts'
import type { Result } from '../../contracts/result.ts'
import type { Asked, Block, BlockContext } from '../block.ts'
import { isRecord } from '../fields.ts'
import { contract } from './contract.ts'
import { writerOf, type Options } from './message.ts'

type Items = Parameters<(typeof block)['run']>[0]

/** One message for each lead. The gateway sends an item's message once at most, whatever happens meanwhile. */
export const block: Block<typeof contract> = {
  contract,
  check: (options) => void writerOf(options),
  chunk: 100,
  run: async (items, options, context) => {
    const writer = writerOf(options)
    return 'email' in writer
      ? send(items, options, context, sendEmail, writer.email)
      : send(items, options, context, sendMessage, writer.message)
  },
}

/** What one lead is to be sent. */
interface Letter<Input extends TSchema> {
  readonly index: number
  readonly value: Record<string, unknown>
  readonly letter: Static<Input>
}

const send = async <Input extends TSchema, Output extends TSchema>(
  items: Items,
  options: Options,
  context: BlockContext,
  capability: Capability<Input, Output>,
  write: (item: Items[number]['value']) => Static<Input> | string,
): Promise<Result[]> => {
  const results: Result[] = []
  const letters: Letter<Input>[] = []
  for (const { index, value } of items) {
    const letter = write(value)
    if (typeof letter === 'string') results.push({ item: index, status: 'skipped', outputs: [], reason: letter })
    else letters.push({ index, value, letter })
  }
  if (letters.length === 0) return results
  if (options.dryRun) return [...results, ...(await shown(letters, options, context, capability))]
  const { providers, raw } = options
  const inputs = letters.map(({ letter }) => letter)
  const answers = await context.ask(capability, inputs, { providers, raw, items: letters.map(({ index }) => index) })
  return [...results, ...letters.map(({ index, value }, position) => resultOf(index, value, answers[position]))]
}

/** The messages as they would leave. Nobody is asked. */
const shown = async <Input extends TSchema>(
  letters: readonly Letter<Input>[],
  { channel, providers }: Options,
  context: BlockContext,
  capability: Capability,
): Promise<Result[]> => {
  const by = await sender(capability, channel, providers, context)
  return letters.map(({ index, value, letter }) => ({
    item: index,
    status: 'done',
    outputs: [{ ...value, message: { sent: false, ...by, channel, ...(isRecord(letter) && letter) } }],
  }))
}

/** Which service would send, or why none can. */
const sender = async (
  capability: Capability,
  channel: Options['channel'],
  names: readonly string[],
  context: BlockContext,
): Promise<{ provider?: string; problem?: string }> => {
  try {
    const [first] = await context.providers(capability, names, channel === 'email' ? undefined : channel)
    return first ? { provider: first.id } : {}
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.kind === 'not_connected') return { problem: thrown.message }
    throw thrown
  }
}

const resultOf = (item: number, value: Record<string, unknown>, answer: Asked<unknown> | undefined): Result => {
  const output = answer?.outputs[0]
  const id = output instanceof Object && 'id' in output ? output.id : undefined
  if (answer?.status === 'done' && id !== undefined) {
    const message = { sent: true, id, provider: answer.provider, sentAt: answer.at.toISOString() }
    const raw = answer.raw === undefined ? {} : { raw: answer.raw }
    return { item, status: 'done', outputs: [{ ...value, message }], ...raw }
  }
  if (answer?.error?.kind === 'cancelled') return { item, status: 'pending', outputs: [] }
  return {
    item,
    status: answer?.status === 'uncertain' ? 'uncertain' : 'failed',
    outputs: [],
    error: answer?.error ?? silent,
  }
}

const silent = {
  kind: 'bad_response',
  message: 'The service did not say what became of this message.',
  advice: 'Look at the service whether it was sent.',
} as const
