import type { Static, TSchema } from 'typebox'
import type { Capability } from '../../capabilities/capability.ts'
import { sendEmail } from '../../capabilities/sendEmail.ts'
import { sendMessage } from '../../capabilities/sendMessage.ts'
import type { Result } from '../../contracts/result.ts'
import type { Asked, Block, BlockContext } from '../block.ts'
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
    return 'email' in writer ? send(items, options, context, sendEmail, writer.email) : send(items, options, context, sendMessage, writer.message)
  },
}

const send = async <Input extends TSchema, Output extends TSchema>(
  items: Items,
  { providers, raw }: Options,
  { ask }: BlockContext,
  capability: Capability<Input, Output>,
  write: (item: Items[number]['value']) => Static<Input> | string,
): Promise<Result[]> => {
  const results: Result[] = []
  const letters: { index: number; value: Record<string, unknown>; letter: Static<Input> }[] = []
  for (const { index, value } of items) {
    const letter = write(value)
    if (typeof letter === 'string') results.push({ item: index, status: 'skipped', outputs: [], reason: letter })
    else letters.push({ index, value, letter })
  }
  if (letters.length === 0) return results
  const answers = await ask(capability, letters.map(({ letter }) => letter), { providers, raw, items: letters.map(({ index }) => index) })
  return [...results, ...letters.map(({ index, value }, position) => resultOf(index, value, answers[position]))]
}

const resultOf = (item: number, value: Record<string, unknown>, answer: Asked<unknown> | undefined): Result => {
  const output = answer?.outputs[0]
  const id = output instanceof Object && 'id' in output ? output.id : undefined
  if (answer?.status === 'done' && id !== undefined)
    return { item, status: 'done', outputs: [{ ...value, message: { id, provider: answer.provider, sentAt: answer.at.toISOString() } }], ...(answer.raw !== undefined && { raw: answer.raw }) }
  return {
    item,
    status: answer?.status === 'uncertain' ? 'uncertain' : 'failed',
    outputs: [],
    error: answer?.error ?? { kind: 'bad_response', message: 'The service did not say what became of this message.', advice: 'Look at the service whether it was sent.' },
  }
}
