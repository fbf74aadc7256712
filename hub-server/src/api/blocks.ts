import { Type } from 'typebox'
import type { Block } from '../blocks/block.ts'
import { HubError } from '../contracts/errors.ts'
import { ResultOf } from '../contracts/result.ts'
import { Run } from '../contracts/run.ts'
import { waitedItems } from '../runs/context.ts'
import { rowsOf, type Runs } from '../runs/runs.ts'
import { BlockAnswer, idempotencyKeyOf } from './runs.ts'
import { ok, route, type Route } from './route.ts'

/** A call with few items is waited for so long. */
const waitMs = 50_000
const mostItems = 100_000

export const blockRoutes = (blocks: ReadonlyMap<string, Block>, runs: Runs): Route[] => [
  route({
    method: 'get',
    path: '/v1/blocks',
    group: 'Blocks',
    summary: 'The blocks, with their forms as JSON Schema',
    answers: { 200: Type.Object({ blocks: Type.Array(BlockShape) }) },
    handle: async () => ok({ blocks: [...blocks.values()].map(({ contract }) => contract) }),
  }),
  ...[...blocks.values()].map(({ contract }) =>
    route({
      method: 'post',
      path: `/v1/blocks/${contract.id}`,
      group: 'Blocks',
      summary: contract.description,
      body: Type.Object({
        items: Type.Array(Type.Object({ ...contract.item.properties }, { additionalProperties: true }), { maxItems: mostItems }),
        options: Type.Optional(Type.Partial(contract.options)),
        async: Async,
      }),
      check: Loose,
      answers: {
        200: Type.Object({ ...BlockAnswer.properties, results: Type.Array(ResultOf(contract.output)) }),
        202: Type.Object({ run: Run }),
      },
      handle: async ({ holder, body, headers, signal }) => {
        const idempotencyKey = idempotencyKeyOf(headers['idempotency-key'])
        const id = await runs.start(holder, { block: contract.id, options: body.options, source: { rows: rowsOf(body.items) }, idempotencyKey })
        const run = await runs.get(holder, id, body.async || body.items.length > waitedItems ? 0 : waitMs, signal)
        if (run.status !== 'done' || body.items.length > waitedItems || body.async) return { status: 202, body: { run } }
        const { results } = await runs.results(holder, id, 0, waitedItems)
        return ok({ run: id, mode: run.mode, results, usage: run.usage })
      },
    }),
  ),
  route({
    method: 'post',
    path: '/v1/blocks/{block}',
    group: 'Blocks',
    summary: 'Any other name: says which blocks there are',
    body: Type.Unknown(),
    answers: { 404: null },
    handle: async ({ params }) => {
      throw new HubError('not_found', `There is no block “${params.block}”.`, { advice: `The blocks are: ${[...blocks.keys()].sort().join(', ')}.` })
    },
  }),
]

const Async = Type.Optional(Type.Boolean({ description: 'Answer at once with the run' }))

/** An item or option that is not right is told of by the run: items each on their own. */
const Loose = Type.Object({
  items: Type.Array(Type.Object({}, { additionalProperties: true }), { maxItems: mostItems }),
  options: Type.Optional(Type.Object({}, { additionalProperties: true })),
  async: Async,
})

const BlockShape = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  item: Type.Unknown({ description: 'JSON Schema of an item' }),
  options: Type.Unknown({ description: 'JSON Schema of the options' }),
  output: Type.Unknown({ description: 'JSON Schema of what each output adds' }),
})
