import { Type, type Static } from 'typebox'
import { Id, Line, ListOf, MapOf, Text } from '../contracts/bounded.ts'
import type { Block } from '../blocks/block.ts'
import { HubError } from '../contracts/errors.ts'
import { itemBounds } from '../contracts/item-bounds.ts'
import { ResultOf } from '../contracts/result.ts'
import { Run } from '../contracts/run.ts'
import { waitedItems } from '../runs/context.ts'
import { rowsOf, type Runs } from '../runs/runs.ts'
import { BlockAnswer, idempotencyKeyOf } from './runs.ts'
import { ok, route, type Route } from './route.ts'
import { requireForSteps } from './step-permissions.ts'

const group = 'Blocks'
const roots = { block: 'blocks', capability: 'capabilities' }
/** A call with few items is waited for so long. */
const waitMs = 50_000
const mostItems = 100_000

/** `/v1/blocks`, `/v1/capabilities`: what there is, and a way to have each do its work. */
export const blockRoutes = (what: 'block' | 'capability', blocks: ReadonlyMap<string, Block>, runs: Runs): Route[] => [
  route({
    method: 'get',
    path: `/v1/${roots[what]}`,
    group,
    permission: 'hub.read',
    summary:
      what === 'block'
        ? 'The blocks, with their forms as JSON Schema'
        : 'What the connected services can do, each with its input and output as JSON Schema',
    answers: { 200: Type.Object({ [roots[what]]: ListOf(BlockShape) }) },
    handle: async () => ok({ [roots[what]]: [...blocks.values()].map(({ contract }) => contract) }),
  }),
  ...[...blocks.values()].map(({ contract }) =>
    route({
      method: 'post',
      path: `/v1/${roots[what]}/${contract.id}`,
      group,
      permission: 'runs.write',
      summary: contract.description,
      body: Type.Object({
        items: Type.Array(
          Type.Object(
            { ...contract.item.properties },
            { additionalProperties: true, maxProperties: itemBounds.fields },
          ),
          {
            maxItems: mostItems,
          },
        ),
        options: Type.Optional(Type.Partial(contract.options)),
        async: Async,
      }),
      check: Loose,
      answers: {
        200: Type.Object({ ...BlockAnswer.properties, results: ListOf(ResultOf(contract.output)) }),
        202: Type.Object({ run: Run }),
      },
      handle: async ({ caller, body, headers, signal }) => {
        requireForSteps(caller, blocks, [{ block: contract.id }])
        const idempotencyKey = idempotencyKeyOf(headers['idempotency-key'])
        const id = await runs.start(caller, {
          block: contract.id,
          options: body.options,
          source: { rows: rowsOf(body.items) },
          idempotencyKey,
        })
        const waits = !body.async && body.items.length <= waitedItems
        const run = await runs.get(caller, id, waits ? waitMs : 0, signal)
        if (run.status !== 'done' || !waits) return { status: 202, body: { run } }
        const { results } = await runs.results(caller, id, 0, waitedItems)
        return ok({ run, mode: run.mode, results, usage: run.usage })
      },
    }),
  ),
  route({
    method: 'post',
    path: `/v1/${roots[what]}/{name}`,
    group,
    permission: 'runs.write',
    summary: `Any other name: says which ${roots[what]} there are`,
    body: Type.Unknown(),
    answers: { 404: null },
    handle: async ({ params }) => {
      throw new HubError('not_found', `There is no ${what} “${params.name}”.`, {
        advice: `The ${roots[what]} are: ${[...blocks.keys()].sort().join(', ')}.`,
      })
    },
  }),
]

const Async = Type.Optional(Type.Boolean({ description: 'Answer at once with the run' }))

/** An item or option that is not right is told of by the run: items each on their own. */
const Loose = Type.Object({
  items: Type.Array(Type.Object({}, { additionalProperties: true }), { maxItems: mostItems }),
  options: Type.Optional(MapOf(Type.Unknown())),
  async: Async,
})

export const BlockShape = Type.Object({
  id: Id(),
  name: Line(),
  description: Text(),
  item: Type.Unknown({ description: 'JSON Schema of an item' }),
  options: Type.Unknown({ description: 'JSON Schema of the options' }),
  output: Type.Unknown({ description: 'JSON Schema of what each output adds' }),
})
export type BlockShape = Static<typeof BlockShape>
