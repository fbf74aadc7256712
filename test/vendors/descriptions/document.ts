import { readFileSync } from 'node:fs'
import { upgrade } from '@scalar/openapi-upgrader'
import discovery from 'google-discovery-to-swagger'
import { parse } from 'yaml'
import { isMap, textIn } from './maps.ts'

/**
 * A vendor's description as OpenAPI 3.1, whichever way it is published: OpenAPI 3.0 or 3.1, Swagger 2.0, or Google's
 * discovery format; JSON or YAML.
 * @throws when it is none of these
 */
export const readDocument = (file: string): Readonly<Record<string, unknown>> => {
  const text = readFileSync(file, 'utf8')
  // A reader of YAML takes seconds for what JSON.parse takes milliseconds for.
  const content: unknown = file.endsWith('.json') ? JSON.parse(text) : parse(text)
  if (!isMap(content)) throw new Error(`${file} is not a map.`)
  const published = textIn(content, 'kind') === 'discovery#restDescription' ? discovery.convert(content) : content
  const document: unknown = upgrade({ ...published }, '3.1')
  if (isMap(document) && textIn(document, 'openapi')?.startsWith('3.1') === true) return document
  throw new Error(`${file} is no description that can be read here.`)
}
