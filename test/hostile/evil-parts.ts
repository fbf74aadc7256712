import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Numbers from 0 to 1. */
export type Random = () => number

/** Where a folder is made. */
export interface Place {
  /** The connector's folder; it is there, and empty. */
  readonly folder: string
  readonly id: string
  /** A folder beside CONNECTORS_DIR that nothing may be read of: keys.json, icon.svg and connector.yaml. */
  readonly outside: string
  readonly random: Random
}

export interface Evil {
  readonly name: string
  readonly make: (place: Place) => void
  /** Whether the connector may work all the same: what is evil is beside its connector.yaml, or runs fenced. */
  readonly mayWork?: boolean
}

export const manifestOf = (id: string, status = "=verdict = 'good' ? 'deliverable' : 'unknown'"): string => `format: 1
id: ${id}
name: ${id}
docs: https://vendor.example/docs
auth:
  fields:
    apiKey: { label: API key, secret: true }
  send: { query: { api_key: =apiKey } }
servers: { default: "https://api.vendor.example" }
operations:
  verifyEmail:
    one: { get: /check, query: { email: =email } }
    read:
      status: ${JSON.stringify(status)}
`

/** @param route what the vendor answers to GET /check */
export const sandboxOf = (route = 'json: { verdict: good }', more = ''): string => `format: 1
auth: { key: [query.api_key] }
${more}
routes:
  - get: /check
    operation: verifyEmail
    ${route}
`

export const goodIcon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24"/></svg>\n'

/** A connector that works. */
export const makeGood = (folder: string, id: string): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'connector.yaml'), manifestOf(id))
  writeFileSync(join(folder, 'sandbox.yaml'), sandboxOf())
  writeFileSync(join(folder, 'icon.svg'), goodIcon)
}

export const manifest = (
  name: string,
  text: (id: string, random: Random) => string | Uint8Array,
  mayWork = false,
): Evil => ({
  name,
  mayWork,
  make: ({ folder, id, random }) => writeFileSync(join(folder, 'connector.yaml'), text(id, random)),
})

/** Something evil in place of one file of a connector that is good else. */
export const aside = (name: string, put: (place: Place) => void): Evil => ({
  name,
  mayWork: true,
  make: (place) => {
    writeFileSync(join(place.folder, 'connector.yaml'), manifestOf(place.id))
    put(place)
  },
})

export const icon = (name: string, text: (random: Random) => string): Evil =>
  aside(`icon: ${name}`, ({ folder, random }) => writeFileSync(join(folder, 'icon.svg'), text(random)))

export const sandbox = (name: string, text: (random: Random) => string): Evil =>
  aside(`sandbox: ${name}`, ({ folder, random }) => writeFileSync(join(folder, 'sandbox.yaml'), text(random)))

/** A connector whose one expression is evil. */
export const expression = (name: string, text: (random: Random) => string, mayWork = false): Evil => ({
  name: `expression: ${name}`,
  mayWork,
  make: ({ folder, id, random }) => {
    writeFileSync(join(folder, 'connector.yaml'), manifestOf(id, text(random)))
    writeFileSync(join(folder, 'sandbox.yaml'), sandboxOf())
  },
})

/** Between two lengths: around a few hundred as well as at the limits. */
export const some = (random: Random, least: number, most: number): number =>
  Math.floor(least * (most / least) ** random())

export const oneOf = <Value>(random: Random, values: readonly [Value, ...Value[]]): Value =>
  values[Math.floor(random() * values.length)] ?? values[0]

export const pipe = (file: string): void => void execFileSync('mkfifo', [file])

export const bombOf = (random: Random): string => {
  const names = [...'abcdefghijkl']
  const width = some(random, 3, 12)
  return names
    .map((name, at) => {
      const before = names[at - 1]
      return `${name}: &${name} [${Array<string>(width)
        .fill(before ? `*${before}` : 'x')
        .join(', ')}]`
    })
    .join('\n')
}

/** A file that is good but for some bytes. */
export const mutated = (text: string, random: Random): string => {
  const characters = [...text]
  const marks = '&*!|>%@`{}[],:#?-"\'<~=$\\\t\n \u0000\ufeff\u2028é😀'
  for (let count = some(random, 1, 12); count > 0; count--) {
    const at = Math.floor(random() * characters.length)
    const mark = [...marks][Math.floor(random() * [...marks].length)] ?? ' '
    characters.splice(at, Math.floor(random() * 3), random() < 0.2 ? mark.repeat(some(random, 2, 3_000)) : mark)
  }
  return characters.join('')
}

export const noise = (random: Random, length: number): string => {
  const words = [
    'a: ',
    '- ',
    '? ',
    ': ',
    '  ',
    '\n',
    '[',
    '{',
    ']',
    '}',
    '"',
    "'",
    '|\n',
    '>\n',
    '&a ',
    '*a ',
    '!t ',
    '# ',
  ]
  let text = ''
  while (text.length < length) text += words[Math.floor(random() * words.length)] ?? ' '
  return text
}

export const insideGood = (id: string, more: string): string => `${manifestOf(id)}${more}\n`
