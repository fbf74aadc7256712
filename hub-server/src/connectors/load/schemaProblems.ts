import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { Manifest } from '../manifest/manifest.ts'
import { suggestion, type Path, type Report } from './problem.ts'
import { mostProblems } from './yamlFile.ts'

// Infinity and NaN are no numbers, whole ones least of all.
const ajv = new Ajv2020({ allErrors: true, strict: false, strictNumbers: true, verbose: true })
const validate = ajv.compile<Manifest>(Manifest)

/** Whether the value has the shape of a connector.yaml; tells of everything that is wrong with it. */
export const isManifest = (value: unknown, report: Report): value is Manifest => {
  if (validate(value)) return true
  for (const error of (validate.errors ?? []).slice(0, mostProblems)) tell(error, report)
  return false
}

const tell = (error: ErrorObject, report: Report): void => {
  const path = pathOf(error.instancePath)
  const where = path.length ? path.join('.') : 'the file'
  const { params } = error
  const expected: unknown = error.schema
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty)
      const known = Object.keys(isObject(error.parentSchema?.properties) ? error.parentSchema.properties : {})
      report(path, `There is no "${key}" in ${where}.`, suggestion(key, known), { key })
      return
    }
    case 'required':
      report(path, `${where} lacks "${String(params.missingProperty)}".`, `Add "${String(params.missingProperty)}: …".`)
      return
    case 'enum':
      report(
        path,
        `${where} may not be ${JSON.stringify(error.data)}.`,
        suggestion(String(error.data), Array.isArray(expected) ? expected.map(String) : []),
      )
      return
    case 'const':
      report(
        path,
        `${where} may not be ${JSON.stringify(error.data)}.`,
        `Write ${JSON.stringify(params.allowedValue)}.`,
      )
      return
    case 'type':
      report(
        path,
        `${where} is ${nameOf(error.data)}, not ${[params.type].flat().join(' or ')}.`,
        `Write ${[params.type].flat().map(exampleOf).join(' or ')}.`,
      )
      return
    case 'maxLength':
      report(path, `${where} is longer than ${String(params.limit)} characters.`, 'Put it more shortly.')
      return
    case 'maxItems':
    case 'maxProperties':
      report(path, `${where} has more than ${String(params.limit)} entries.`, 'Keep those that are needed.')
      return
    case 'pattern':
      report(path, `${where} may not be ${JSON.stringify(error.data)}.`, patternAdvice(String(params.pattern)))
      return
    default:
      report(path, `${where} ${error.message ?? 'is not right'}.`, 'See docs/writing-a-connector.md.')
  }
}

const patternAdvice = (pattern: string): string => {
  if (pattern === '^=') return 'This is JSONata: begin it with "=".'
  if (pattern.includes('(ms|s|m|h|d)')) return 'Write a duration: 500ms, 30s, 5m, 1h, 1d.'
  if (pattern.includes('\\d{4}')) return 'Write a day: 2026-01-31.'
  return 'Write lower-case letters, digits and single hyphens, e.g. google-sheets.'
}

const pathOf = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const nameOf = (value: unknown): string => {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a map' : `the ${typeof value} ${JSON.stringify(value)}`
}

const exampleOf = (type: unknown): string =>
  ({
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    object: 'a map (key: value)',
    array: 'a list ([a, b])',
    boolean: 'true or false',
  })[String(type)] ?? String(type)
