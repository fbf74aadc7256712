import { Type } from 'typebox'
import { lengths, ListOf, MapOf, Text } from '../contracts/bounded.ts'
import { List, Pipeline, Step } from '../contracts/run.ts'
import { readRows } from '../runs/files/readRows.ts'
import type { Lists } from '../runs/lists.ts'
import type { Pipelines } from '../runs/pipelines.ts'
import { rowsOf, type Runs } from '../runs/runs.ts'
import { noContent, ok, route, type Route } from './route.ts'
import { idOf } from './runs.ts'

const name = Type.String({ minLength: 1, maxLength: 200 })

/** Stored lists of items. */
export const listRoutes = (lists: Lists): Route[] => [
  route({
    method: 'get',
    path: '/v1/lists',
    group: 'Lists',
    summary: 'The stored lists',
    answers: { 200: Type.Object({ lists: ListOf(List) }) },
    handle: async ({ holder }) => ok({ lists: await lists.list(holder) }),
  }),
  route({
    method: 'post',
    path: '/v1/lists',
    group: 'Lists',
    summary: 'Stores a list of items: as JSON, or a file as the body with its name in the query',
    query: Type.Object({ name: Type.Optional(name) }),
    body: Type.Object(
      { name, items: Type.Array(MapOf(Type.Unknown()), { maxItems: 100_000 }) },
      { additionalProperties: false },
    ),
    files: true,
    answers: {
      201: Type.Object({
        list: List,
        problems: ListOf(Text(), {
          maxItems: 100,
          description: 'What is wrong with rows that were left out; the first hundred',
        }),
      }),
    },
    handle: async ({ holder, query, body, file }) => {
      const rows = file ? readRows(file.bytes, { type: file.type, fields: [] }) : rowsOf(body.items)
      return { status: 201, body: await lists.create(holder, file ? (query.name ?? 'List') : body.name, rows) }
    },
  }),
  route({
    method: 'get',
    path: '/v1/lists/{id}',
    group: 'Lists',
    summary: 'A stored list',
    answers: { 200: List },
    handle: async ({ holder, params }) => ok(await lists.get(holder, idOf(params))),
  }),
  route({
    method: 'delete',
    path: '/v1/lists/{id}',
    group: 'Lists',
    summary: 'Removes a list that no open run reads',
    answers: { 204: null },
    handle: async ({ holder, params }) => noContent(lists.remove(holder, idOf(params))),
  }),
]

const PipelineBody = Type.Object(
  { name, steps: Type.Array(Step, { minItems: 1, maxItems: 20 }) },
  { additionalProperties: false },
)

/** Saved lines of blocks. */
export const pipelineRoutes = (pipelines: Pipelines, runs: Runs): Route[] => [
  route({
    method: 'get',
    path: '/v1/pipelines',
    group: 'Pipelines',
    summary: 'The saved pipelines',
    answers: { 200: Type.Object({ pipelines: ListOf(Pipeline, { maxItems: lengths.manyEntries }) }) },
    handle: async ({ holder }) => ok({ pipelines: await pipelines.list(holder) }),
  }),
  route({
    method: 'post',
    path: '/v1/pipelines',
    group: 'Pipelines',
    summary: 'Saves a line of blocks: what one gives is what the next gets',
    body: PipelineBody,
    answers: { 201: Pipeline },
    handle: async ({ holder, body }) => ({
      status: 201,
      body: await pipelines.create(holder, body.name, body.steps.map(runs.stepOf)),
    }),
  }),
  route({
    method: 'get',
    path: '/v1/pipelines/{id}',
    group: 'Pipelines',
    summary: 'A saved pipeline',
    answers: { 200: Pipeline },
    handle: async ({ holder, params }) => ok(await pipelines.get(holder, idOf(params))),
  }),
  route({
    method: 'put',
    path: '/v1/pipelines/{id}',
    group: 'Pipelines',
    summary: 'Changes a pipeline; runs that were started keep what they had',
    body: PipelineBody,
    answers: { 200: Pipeline },
    handle: async ({ holder, params, body }) =>
      ok(await pipelines.replace(holder, idOf(params), body.name, body.steps.map(runs.stepOf))),
  }),
  route({
    method: 'delete',
    path: '/v1/pipelines/{id}',
    group: 'Pipelines',
    summary: 'Removes a pipeline',
    answers: { 204: null },
    handle: async ({ holder, params }) => noContent(pipelines.remove(holder, idOf(params))),
  }),
]
