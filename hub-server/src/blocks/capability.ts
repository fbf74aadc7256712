import { Type, type TObject } from 'typebox'
import type { Capability } from '../capabilities/capability.ts'
import { capabilities } from '../capabilities/index.ts'
import { askOptions, type BlockContract } from '../contracts/block.ts'
import type { Block } from './block.ts'

/**
 * Every capability as a block of its own, by the capability's name: for those who want one service asked, and nothing
 * else done.
 */
export const capabilityBlocks = (): ReadonlyMap<string, Block> =>
  new Map(Object.values(capabilities).map((capability) => [capability.name, blockOf(capability)]))

const blockOf = (capability: Capability): Block => {
  const known = Object.keys(propertiesOf(capability))
  return {
    contract: contractOf(capability),
    chunk: 200,
    run: async (items, options, { ask }) => {
      const inputs = items.map(({ value }) =>
        Object.fromEntries(Object.entries(value).filter(([name]) => known.includes(name))),
      )
      const answers = await ask(capability, inputs, { ...options, items: items.map(({ index }) => index) })
      return answers.map(({ status, outputs, reason, error, raw }, position) => ({
        item: items[position]?.index ?? position,
        status,
        outputs,
        ...(reason && { reason }),
        ...(error && { error }),
        ...(raw !== undefined && { raw }),
      }))
    },
  }
}

const contractOf = (capability: Capability): BlockContract => {
  const { providers, maxAgeDays, maxPrice, raw } = askOptions(capability.name)
  return {
    id: capability.name,
    name: capability.name,
    description: capability.description,
    // An input is an object: what the capability says beside the fields is for the engine.
    item: capability.input as TObject,
    options: Type.Object({
      providers,
      maxPrice,
      raw,
      ...(capability.expiryDays > 0 && { maxAgeDays: { ...maxAgeDays, default: capability.expiryDays } }),
    }),
    output: capability.output,
    ...(capability.effect === 'send' && { permissions: ['messages.send'] as const }),
  }
}

const propertiesOf = ({ input }: Capability): object =>
  'properties' in input && input.properties ? input.properties : {}
