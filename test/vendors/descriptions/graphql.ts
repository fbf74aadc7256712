import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import {
  buildClientSchema,
  execute,
  getVariableValues,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql'
import { isMap, listIn, mapIn, textIn } from './maps.ts'
import type { Described, Description } from './openapi.ts'
import type { Judge } from './schemas.ts'

/**
 * Reads the answer to an introspection query as a description of one address.
 * @param at the address that all queries are posted to
 */
export const describesGraphql = (file: string, at: string): Description => {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const inner = isMap(content) && isMap(content.data) ? content.data : content
  const { __schema, ...rest } = inner as IntrospectionQuery
  // Answers in pieces (@defer, @stream) are not asked for, and would need another way to be read.
  const schema = buildClientSchema({
    ...rest,
    __schema: {
      ...__schema,
      directives: __schema.directives.filter(({ name }) => !['defer', 'stream'].includes(name)),
    },
  })
  const described: Described = {
    name: `POST ${new URL(at).pathname}`,
    parameters: [],
    body: { required: true, types: new Map([['application/json', judgeOfQuestions(schema)]]) },
    answers: new Map([['200', new Map([['application/json', judgeOfAnswers(schema)]])]]),
    security: [],
  }
  return { find: (method, { href }) => (method === 'POST' && href === at ? [described] : []) }
}

const judgeOfQuestions =
  (schema: GraphQLSchema): Judge =>
  (body) => {
    try {
      const { document, variables } = asked(body)
      const found = validate(schema, document)
      const definitions = document.definitions.flatMap((one) =>
        one.kind === Kind.OPERATION_DEFINITION ? (one.variableDefinitions ?? []) : [],
      )
      const { errors = [] } = found.length > 0 ? {} : getVariableValues(schema, definitions, variables)
      const undeclared = Object.keys(variables).filter(
        (name) => !definitions.some(({ variable }) => variable.name.value === name),
      )
      return [
        ...[...found, ...errors].map(({ message }) => ({ at: '/query', message })),
        ...undeclared.map((name) => ({ at: '/variables', message: `${name} is not declared` })),
      ]
    } catch (thrown) {
      return [{ at: '/query', message: String(thrown) }]
    }
  }

/**
 * The answer as data, run through the query: what the schema does not allow fails, and what was not asked for is
 * missing.
 */
const judgeOfAnswers =
  (schema: GraphQLSchema): Judge =>
  (answer, body) => {
    const errors = listIn(answer, 'errors')
    const nameless = errors
      .filter((one) => textIn(one, 'message') === undefined)
      .map(() => ({ at: '/errors', message: 'an error without a message' }))
    if (!isMap(answer) || !isMap(answer.data))
      return errors.length > 0 ? nameless : [{ at: '/data', message: 'is missing' }]
    const { document, variables } = asked(body)
    const result: unknown = execute({
      schema,
      document,
      variableValues: variables,
      rootValue: answer.data,
      fieldResolver: (source: unknown, _args, _context, { path }) => (isMap(source) ? source[path.key] : undefined),
    })
    const problems = listIn(result, 'errors').map((one) => ({
      at: `/${listIn(one, 'path')
        .filter((name) => typeof name === 'string')
        .join('/')}`,
      message: textIn(one, 'message') ?? 'does not fit',
    }))
    const same =
      problems.length > 0 || isDeepStrictEqual(JSON.parse(JSON.stringify(mapIn(result, 'data'))), answer.data)
    return [...nameless, ...problems, ...(same ? [] : [{ at: '/data', message: 'has fields that nobody asked for' }])]
  }

const asked = (body: unknown): { document: DocumentNode; variables: Record<string, unknown> } => ({
  document: parse(textIn(body, 'query') ?? ''),
  variables: { ...mapIn(body, 'variables') },
})
