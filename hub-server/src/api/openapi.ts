import type { TSchema } from 'typebox'
import { Problem } from '../contracts/errors.ts'
import { longestId, type Route } from './route.ts'

type Json = Record<string, unknown>

/** OpenAPI 3.1 of the routes. Schemas with an $id become components and are referred to. */
export const openApiOf = (routes: readonly Route[], version: string): Json => {
  const components: Json = {}
  const refer = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(refer)
    if (typeof schema !== 'object' || schema === null) return schema
    const { $id, ...rest } = schema as Json
    const body = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, refer(value)]))
    if (typeof $id !== 'string') return body
    components[$id] ??= body
    return { $ref: `#/components/schemas/${$id}` }
  }

  const paths: Record<string, Json> = {}
  for (const route of routes.filter(({ unlisted }) => !unlisted)) {
    const parameters = [
      ...[...route.path.matchAll(/\{(\w+)\}/g)].map((found) => ({
        name: found[1],
        in: 'path',
        required: true,
        schema: { type: 'string', minLength: 1, maxLength: longestId },
      })),
      ...queryParameters(route.query, refer),
    ]
    const responses: Json = {}
    for (const [status, answer] of Object.entries(route.answers))
      responses[status] = {
        description: Number(status) === 202 ? 'Accepted: look at the run' : 'Done',
        ...(answer !== null && { content: contentOf(answer, refer) }),
      }
    responses.default = {
      description: 'What went wrong and what to do',
      content: { 'application/problem+json': { schema: refer(Problem) } },
    }
    paths[route.path] = {
      ...paths[route.path],
      [route.method]: {
        operationId: operationId(route),
        tags: [route.group],
        summary: route.summary,
        ...(parameters.length > 0 && { parameters }),
        ...(route.body && {
          requestBody: { required: true, content: { 'application/json': { schema: refer(route.body) } } },
        }),
        responses,
        ...(route.permission === 'open' ? { security: [] } : { 'x-permission': route.permission }),
      },
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'AI-Now Hub',
      version,
      description: 'Finds, scrapes, verifies, enriches, scores and syncs B2B leads.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'ainow_test_… or ainow_live_…' } },
    },
  }
}

const operationId = ({ method, path }: Route): string =>
  method +
  path
    .replace(/^\/v1/, '')
    .replace(/\{(\w+)\}/g, 'By-$1')
    .split(/[/.-]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')

const contentOf = (answer: TSchema | string, refer: (schema: unknown) => unknown): Json =>
  typeof answer === 'string'
    ? { [answer]: { schema: { type: 'string' } } }
    : { 'application/json': { schema: refer(answer) } }

const hasDefault = (schema: unknown): boolean => typeof schema === 'object' && schema !== null && 'default' in schema

const queryParameters = (query: TSchema | undefined, refer: (schema: unknown) => unknown): Json[] => {
  const { properties = {}, required = [] }: { properties?: Json; required?: string[] } = query ?? {}
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name) && !hasDefault(schema),
    schema: refer(schema),
  }))
}
