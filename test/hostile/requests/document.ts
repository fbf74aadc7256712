/** What is read of an OpenAPI document. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly $ref?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly minimum?: number
  readonly maximum?: number
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: Schema
}

export interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly security?: readonly object[]
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export interface Place {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** Every operation of the document. */
export const placesOf = ({ paths }: Document): Place[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )

/**
 * What browsers and services are sent to: not in the document, but there. Where a browser is sent, what is sent back is
 * a page.
 */
export const unlisted: readonly Place[] = [
  { method: 'POST', path: '/v1/callbacks/{token}', operation: { security: [], requestBody: anything() } },
  { method: 'POST', path: '/v1/backup', operation: { security: [], requestBody: anything() } },
  { method: 'POST', path: '/v1/blocks/{name}', operation: { requestBody: anything() } },
  { method: 'GET', path: '/oauth/callback', operation: { security: [], parameters: texts('state', 'code', 'error') } },
  { method: 'GET', path: '/openapi.json', operation: { security: [] } },
  { method: 'GET', path: '/connect', operation: { security: [] } },
  { method: 'GET', path: '/connect/{file}', operation: { security: [] } },
  { method: 'GET', path: '/templates/categories', operation: { security: [] } },
  {
    method: 'GET',
    path: '/templates/collections',
    operation: { security: [], parameters: texts('search', 'category') },
  },
  { method: 'GET', path: '/templates/collections/{id}', operation: { security: [] } },
  {
    method: 'GET',
    path: '/templates/search',
    operation: { security: [], parameters: texts('search', 'category', 'nodes', 'page', 'limit') },
  },
  { method: 'GET', path: '/templates/workflows/{id}', operation: { security: [] } },
  { method: 'GET', path: '/workflows/templates/{id}', operation: { security: [] } },
]

function anything(): Operation['requestBody'] {
  return { content: { 'application/json': { schema: {} } } }
}

function texts(...names: string[]): Parameter[] {
  return names.map((name) => ({ name, in: 'query', required: false, schema: { type: 'string' } }))
}
