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
    permission: 'leads.read',
    summary: 'The stored lists',
    answers: { 200: Type.Object({ lists: ListOf(List) }) },
    handle: async ({ caller }) => ok({ lists: await lists.list(caller) }),
  }),
  route({
    method: 'post',
    path: '/v1/lists',
    group: 'Lists',
    permission: 'leads.write',
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
    handle: async ({ caller, query, body, file }) => {
      const rows = file ? readRows(file.bytes, { type: file.type, fields: [] }) : rowsOf(body.items)
      return { status: 201, body: await lists.create(caller, file ? (query.name ?? 'List') : body.name, rows) }
    },
  }),
  route({
    method: 'get',
    path: '/v1/lists/{id}',
    group: 'Lists',
    permission: 'leads.read',
    summary: 'A stored list',
    answers: { 200: List },
    handle: async ({ caller, params }) => ok(await lists.get(caller, idOf(params))),
  }),
  route({
    method: 'delete',
    path: '/v1/lists/{id}',
    group: 'Lists',
    permission: 'leads.write',
    summary: 'Removes a list that no open run reads',
    answers: { 204: null },
    handle: async ({ caller, params }) => noContent(lists.remove(caller, idOf(params))),
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
    permission: 'pipelines.read',
    summary: 'The saved pipelines',
    answers: { 200: Type.Object({ pipelines: ListOf(Pipeline, { maxItems: lengths.manyEntries }) }) },
    handle: async ({ caller }) => ok({ pipelines: await pipelines.list(caller) }),
  }),
  route({
    method: 'post',
    path: '/v1/pipelines',
    group: 'Pipelines',
    permission: 'pipelines.write',
    summary: 'Saves a line of blocks: what one gives is what the next gets',
    body: PipelineBody,
    answers: { 201: Pipeline },
    handle: async ({ caller, body }) => ({
      status: 201,
      body: await pipelines.create(caller, body.name, body.steps.map(runs.stepOf)),
    }),
  }),
  route({
    method: 'get',
    path: '/v1/pipelines/{id}',
    group: 'Pipelines',
    permission: 'pipelines.read',
    summary: 'A saved pipeline',
    answers: { 200: Pipeline },
    handle: async ({ caller, params }) => ok(await pipelines.get(caller, idOf(params))),
  }),
  route({
    method: 'put',
    path: '/v1/pipelines/{id}',
    group: 'Pipelines',
    permission: 'pipelines.write',
    summary: 'Changes a pipeline; runs that were started keep what they had',
    body: PipelineBody,
    answers: { 200: Pipeline },
    handle: async ({ caller, params, body }) =>
      ok(await pipelines.replace(caller, idOf(params), body.name, body.steps.map(runs.stepOf))),
  }),
  route({
    method: 'delete',
    path: '/v1/pipelines/{id}',
    group: 'Pipelines',
    permission: 'pipelines.write',
    summary: 'Removes a pipeline',
    answers: { 204: null },
    handle: async ({ caller, params }) => noContent(pipelines.remove(caller, idOf(params))),
  }),
]
