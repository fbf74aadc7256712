import { Type } from 'typebox'
import type { Block, BlockContext, BlockItem } from '../../blocks/block.ts'
import type { Result } from '../../contracts/result.ts'

type Item = Record<string, unknown>

/** A block that does with each item what a test says; it knows which items it was given, in their order. */
export const teller = (
  id: string,
  tell: (item: Item, context: BlockContext) => Omit<Result, 'item'> | Promise<Omit<Result, 'item'>>,
  chunk = 10,
) => {
  const given: Item[] = []
  const contract = {
    id,
    name: id,
    description: id,
    item: Type.Object({}),
    options: Type.Object({}),
    output: Type.Object({}),
  }
  const block: Block = {
    contract,
    chunk,
    run: (items: readonly BlockItem<object>[], _options, context) =>
      Promise.all(
        items.map(async ({ index, value }) => {
          given.push(value)
          return { item: index, ...(await tell(value, context)) }
        }),
      ),
  }
  return { block, given }
}

export const done = (...outputs: unknown[]): Omit<Result, 'item'> => ({ status: 'done', outputs })
