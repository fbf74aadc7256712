import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectorJsonSchema } from '../manifest/manifest.ts'
import { fixture } from '../testing/play.ts'
import { loadConnectors } from './loadConnectors.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connectors-'))
})
afterAll(() => rm(folder, { recursive: true }))

const good = `format: 1
id: acme
name: Acme
docs: https://acme.example/docs
auth: { fields: { key: { label: Key, secret: true } }, send: { bearer: =key } }
servers: { default: https://api.acme.example }
operations:
  verifyEmail:
    one: { get: /verify, query: { email: =email } }
    read: { status: =status }
`

let number = 0
/** Loads one connector, written by a user. */
const load = async (yaml: string, id = 'acme') => {
  const own = join(folder, `own${number++}`)
  await write(own, id, yaml)
  const loaded = await loadConnectors({ builtIn: await emptyFolder(), own: [own] })
  return {
    ...loaded,
    problems: loaded.problems.map(({ line, column, message, instead }) => ({
      at: `${line}:${column}`,
      message,
      instead,
    })),
  }
}
const write = async (parent: string, id: string, yaml: string) => {
  await mkdir(join(parent, id), { recursive: true })
  await writeFile(join(parent, id, 'connector.yaml'), yaml)
}
const emptyFolder = async () => {
  const path = join(folder, `empty${number++}`)
  await mkdir(path)
  return path
}

describe('the hard cases', async () => {
  const files = await readdir(fileURLToPath(new URL('../testing/manifests', import.meta.url)))

  it.each(files.map((file) => file.replace('.yaml', '')))('%s is a connector', async (id) => {
    expect((await fixture(id)).id).toBe(id)
  })

  it('are what the schema for editors says', async () => {
    const schema = JSON.parse(JSON.stringify(connectorJsonSchema())) as object
    const validate = new Ajv2020({ strict: false }).compile(schema)
    expect(validate((await fixture('multi-status')).manifest)).toBe(true)
    expect(validate({ format: 2 })).toBe(false)
  })
})

describe('a mistake is told with its place and what to write instead', () => {
  it.each([
    [
      'a misspelt key',
      good.replace('bearer:', 'baerer:'),
      { at: '5:64', message: 'There is no "baerer" in auth.send.', instead: 'Did you mean "bearer"?' },
    ],
    [
      'a misspelt kind',
      good.replace('operations:', 'errors: [{ status: 402, kind: quota_exeeded }]\noperations:'),
      { at: '7:31', message: 'errors.0.kind may not be "quota_exeeded".', instead: 'Did you mean "quota_exceeded"?' },
    ],
    [
      'a missing key',
      good.replace('docs: https://acme.example/docs\n', ''),
      { at: '1:1', message: 'the file lacks "docs".', instead: 'Add "docs: …".' },
    ],
    [
      'a wrong type',
      good.replace('label: Key', 'label: [Key]'),
      { at: '5:33', message: 'auth.fields.key.label is a list, not string.', instead: 'Write text.' },
    ],
    [
      'no "="',
      good.replace('    read:', '    each: data\n    read:'),
      {
        at: '10:11',
        message: 'operations.verifyEmail.each may not be "data".',
        instead: 'This is JSONata: begin it with "=".',
      },
    ],
    [
      'a capability that is none',
      good.replace('verifyEmail:', 'verifyMail:'),
      { at: '8:3', message: 'There is no capability "verifyMail".', instead: 'Did you mean "verifyEmail"?' },
    ],
    [
      'an object missing',
      good.replace('verifyEmail:', 'upsertRecords:').replace('{ status: =status }', '{ id: =id, outcome: updated }'),
      {
        at: '8:3',
        message: 'upsertRecords is for one object each.',
        instead: 'Write "upsertRecords.contact" or "upsertRecords.company" or "upsertRecords.deal".',
      },
    ],
    [
      'an input that is none',
      good.replace('email: =email', 'mail: =emial'),
      { at: '9:41', message: 'What verifyEmail is asked about has no "emial".', instead: 'Write one of: email.' },
    ],
    [
      'a field of the account that is none',
      good.replace('bearer: =key', 'bearer: =kye'),
      { at: '5:72', message: 'The account has no "kye".', instead: 'Write one of: key.' },
    ],
    [
      'an output that is none',
      good.replace('{ status:', '{ statuss:'),
      { at: '10:13', message: 'verifyEmail has no output "statuss".', instead: 'Did you mean "status"?' },
    ],
    [
      'a server that is none',
      good.replace('get: /verify', 'get: /verify, server: bulk'),
      {
        at: '9:34',
        message: 'There is no server "bulk".',
        instead: 'Add it under "servers", or write one of: default.',
      },
    ],
    [
      'a bucket that no limit has',
      good.replace('get: /verify', 'get: /verify, bucket: bulk') +
        'limits: [{ calls: 1, per: 1s, bucket: bulks, source: "https://acme.example", on: 2026-08-20 }]\n',
      {
        at: '9:34',
        message: 'No limit has the bucket "bulk".',
        instead: 'Write one of: bulks; or add a limit with "bucket: bulk".',
      },
    ],
    [
      'a host in a path',
      good.replace('/verify', 'https://else.example/verify'),
      {
        at: '9:17',
        message: 'A path may not hold a host: the sandbox could not stand in for it.',
        instead: 'Name the host under "servers", and write "server: <its name>" and the path that follows it.',
      },
    ],
    [
      'JSONata that is none',
      good.replace('=status }', '"=status = " }'),
      {
        at: '10:31',
        message: 'This is not JSONata: Unexpected end of expression',
        instead: 'Correct the expression; it can be tried at try.jsonata.org.',
      },
    ],
    [
      'JSONata that is none, in a block',
      good.replace('    read: { status: =status }', '    read: |\n      ={ "status": status,\n         "reason": }'),
      {
        at: '12:20',
        message: 'This is not JSONata: The symbol "}" cannot be used as a unary operator',
        instead: 'Correct the expression; it can be tried at try.jsonata.org.',
      },
    ],
    [
      'two ways at once',
      good.replace('get: /verify', 'get: /verify, post: /verify'),
      {
        at: '9:10',
        message: 'This asks in 2 ways at once: get, post.',
        instead: 'Write exactly one of: get, post, put, patch, delete, smtp, lookup.',
      },
    ],
    [
      'a body in a get',
      good.replace('get: /verify', 'get: /verify, json: {}'),
      { at: '9:10', message: 'A get has no body, but here is json.', instead: 'Write "post", or move it to "query".' },
    ],
    [
      'a list that may be none',
      good.replace(
        'one: { get: /verify, query: { email: =email } }',
        'many: { upTo: 9, post: /verify, json: { rows: "=items.email" }, answers: { each: =rows } }',
      ),
      {
        at: '9:51',
        message: 'With one item this is no list, but its element.',
        instead: 'Put it in brackets: "=[items.email]".',
      },
    ],
    [
      'a job whose result is bytes',
      good.replace(
        'get: /verify, query: { email: =email }',
        'submit: { post: /a, ticket: =id }, poll: { get: /b, as: bytes, every: 1s, upTo: 9s, done: =ok }',
      ),
      {
        at: '9:10',
        message: 'The result of a job is written down, which bytes cannot be.',
        instead: 'Read it with "as: text" or "as: json".',
      },
    ],
    [
      'a job with a callback',
      good.replace(
        'get: /verify, query: { email: =email }',
        'submit: { post: /a, ticket: =id }, poll: { get: /b, every: 1s, upTo: 9s, done: =ok }, callback: { when: ' +
          '=ok, upTo: 9s }',
      ),
      {
        at: '9:108',
        message: 'A job is asked for its result.',
        instead: 'Remove it. A service that is given =$callback.url in "submit" ends the wait with its call.',
      },
    ],
    [
      'a step that does two things',
      good.replace(
        '{ get: /verify, query: { email: =email } }',
        '{ steps: [ { name: a, get: /verify, let: =email } ] }',
      ),
      { at: '9:21', message: 'This step asks, and works something out.', instead: 'Make two steps of it.' },
    ],
    [
      'a condition of no field',
      good.replace('secret: true }', 'secret: true, if: { login: key } }'),
      {
        at: '5:58',
        message: 'There is no field "login" with choices.',
        instead: 'Name a field under auth.fields that has "choices".',
      },
    ],
    [
      'a condition of no choice',
      good.replace('{ key: {', '{ login: { label: Login, choices: [key, oauth] }, key: { if: { login: oath },'),
      { at: '5:87', message: '"login" has no choice "oath".', instead: 'Did you mean "oauth"?' },
    ],
    [
      'another id than the folder’s',
      good.replace('id: acme', 'id: acme-two'),
      {
        at: '2:5',
        message: 'The id "acme-two" is not the folder\'s name, "acme".',
        instead: 'Write "id: acme", or rename the folder.',
      },
    ],
  ])('%s', async (_name, yaml, problem) => {
    const { connectors, problems } = await load(yaml)
    expect(problems).toEqual([problem])
    expect(connectors.size).toBe(0)
  })

  it('broken YAML', async () => {
    const { problems } = await load(good.replace('servers: {', 'servers: { default: x, '))
    expect(problems[0]).toMatchObject({ at: '6:25', instead: 'Keep one of the two.' })
  })

  it('several at once', async () => {
    const { problems } = await load(good.replace('bearer:', 'baerer:').replace('format: 1', 'format: 2'))
    expect(problems.map((problem) => problem.at).sort()).toEqual(['1:9', '5:64'])
  })
})

describe('many connectors', () => {
  it('leaves the others working when one is broken', async () => {
    const own = join(folder, 'mixed')
    await write(own, 'acme', good)
    await write(own, 'broken', 'format: 1\n')
    await mkdir(join(own, 'no-connector'))
    const { connectors, problems } = await loadConnectors({ builtIn: await emptyFolder(), own: [own] })
    expect([...connectors.keys()]).toEqual(['acme'])
    expect(new Set(problems.map((problem) => dirname(problem.file)))).toEqual(new Set([join(own, 'broken')]))
  })

  it('does not let a user’s connector take a built-in’s id', async () => {
    const [builtIn, own] = [join(folder, 'built'), join(folder, 'theirs')]
    await write(builtIn, 'acme', good)
    await write(own, 'acme', good.replace('api.acme.example', 'evil.example'))
    const { connectors, problems } = await loadConnectors({ builtIn, own: [own] })
    expect(connectors.get('acme')).toMatchObject({ builtIn: true, folder: join(builtIn, 'acme') })
    expect(problems).toMatchObject([
      {
        message: 'The id "acme" is taken by a connector that comes with the hub.',
        instead: 'Give the folder and the connector another id, e.g. "my-acme".',
      },
    ])
  })

  it('tells of a folder that is not there', async () => {
    const { problems } = await loadConnectors({ builtIn: await emptyFolder(), own: [join(folder, 'nowhere')] })
    expect(problems).toMatchObject([{ file: join(folder, 'nowhere'), instead: 'Check CONNECTORS_DIR.' }])
  })
})
