import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildClientSchema, execute, getOperationAST, getVariableValues, isAbstractType, parse, validate, type GraphQLSchema, type IntrospectionQuery } from 'graphql'
import { mapIn, textIn } from './descriptions-maps.ts'

/** Reads the answer to an introspection query. */
export const readSchema = (folder: string, file: string): GraphQLSchema => {
  const content = JSON.parse(readFileSync(join(folder, file), 'utf8')) as IntrospectionQuery | { data: IntrospectionQuery }
  return buildClientSchema('data' in content ? content.data : content)
}

/** What of a request ({query, variables}) the schema does not know. */
export const checkQuery = (schema: GraphQLSchema, body: unknown): string[] => {
  const document = parse(textIn(body, 'query') ?? '')
  const errors = validate(schema, document)
  if (errors.length) return errors.map(({ message }) => message)
  const { errors: wrong = [] } = getVariableValues(schema, getOperationAST(document)?.variableDefinitions ?? [], mapIn(body, 'variables'))
  return wrong.map(({ message }) => message)
}

/** What of an answer's data does not fit the query and the schema: types, enums, and what may not be null. */
export const checkData = async (schema: GraphQLSchema, body: unknown, data: unknown): Promise<string[]> => {
  const { errors = [] } = await execute({
    schema,
    document: parse(textIn(body, 'query') ?? ''),
    variableValues: mapIn(body, 'variables'),
    rootValue: data,
    typeResolver: (_value, _context, { schema: known }, type) => (isAbstractType(type) ? known.getPossibleTypes(type)[0]?.name : undefined),
  })
  return errors.map(({ message, path }) => `${path?.join('/') ?? ''} ${message}`)
}
