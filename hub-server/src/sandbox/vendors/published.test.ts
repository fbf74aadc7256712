import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSandbox, type Sandbox, type SandboxPerson } from '../index.ts'
import { ask } from '../testing/ask.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const specs = process.env.VENDOR_SPECS_DIR ?? join(root, '../shared/vendor-specs')
const connectors = join(root, 'hub-server/connectors')
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })

interface Document {
  $defs?: Record<string, AnySchema>
  paths?: Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { schema: AnySchema }> }> }>
  >
}
const read = (file: string): Document => JSON.parse(readFileSync(join(specs, file), 'utf8'))

const problems = (schema: AnySchema | undefined, text: string): string => {
  if (schema === undefined) return 'no such schema'
  const validate = ajv.compile(schema)
  return validate(JSON.parse(text)) ? '' : `${ajv.errorsText(validate.errors)} in ${text}`
}

let sandbox: Sandbox
let people: SandboxPerson[] = []
beforeAll(async () => {
  sandbox = await startSandbox({ connectorsDir: connectors })
  people = Array.from({ length: 120 }, (_, at) => sandbox.population.person(at * 83))
})
afterAll(() => sandbox.stop())

const skipped = !existsSync(specs)
if (skipped) test.skip(`the vendors’ published descriptions are not in ${specs}`, () => undefined)

describe.skipIf(skipped)('the sandbox’s Hunter answers as Hunter’s own client reads it:', () => {
  const schemas = skipped ? {} : (read('hunter/hunter-official-client-derived.schema.json').$defs ?? {})
  const base = (path: string, key: string): string =>
    `${sandbox.vendorBase('hunter', 'default')}/v2/${path}&api_key=${key}`
  const cases: [string, string, (person: SandboxPerson) => string][] = [
    ['emailVerifier', 'a verification', ({ email }) => `email-verifier?email=${email}`],
    [
      'emailFinder',
      'an address found',
      ({ company, firstName, lastName }) =>
        `email-finder?domain=${company.domain}&first_name=${firstName}&last_name=${encodeURIComponent(lastName)}`,
    ],
    [
      'emailFinder',
      'no address found',
      ({ company }) => `email-finder?domain=${company.domain}&full_name=Ada%20Lovelace`,
    ],
    ['domainSearch', 'a domain’s people', ({ company }) => `domain-search?domain=${company.domain}&limit=100`],
    [
      'domainSearch',
      'a page of them, filtered',
      ({ company }) =>
        `domain-search?company=${encodeURIComponent(company.name)}&seniority=executive,senior&limit=1&offset=1`,
    ],
    ['emailCount', 'a count', ({ company }) => `email-count?domain=${company.domain}`],
  ]
  test.each(cases)('%s: %s', async (schema, _what, path) => {
    for (const [at, person] of people.entries()) {
      const reply = await ask(base(path(person), `k${at}`))
      expect(reply.status).toBe(200)
      expect(problems(schemas[schema], reply.text)).toBe('')
    }
  })

  test('and its refusals', async () => {
    for (const path of [
      'email-verifier?email=x%20y',
      'email-verifier?x=1',
      'email-finder?domain=a.example',
      'people/find?email=nobody@nowhere.example',
    ]) {
      const reply = await ask(base(path, 'k'))
      expect(reply.status).toBeGreaterThanOrEqual(400)
      expect(problems(schemas.error, reply.text)).toBe('')
    }
    for (const key of ['bad', 'empty', 'limited', 'down'])
      expect(problems(schemas.error, (await ask(base('email-verifier?email=a@b.example', key))).text)).toBe('')
  })
})

describe.skipIf(skipped)('the sandbox’s ZeroBounce answers as ZeroBounce’s own SDK reads it:', () => {
  const paths = skipped ? {} : (read('zerobounce/zerobounce-v2-derived.openapi.json').paths ?? {})
  const schemaOf = (path: string, method: string): AnySchema | undefined =>
    paths[path]?.[method]?.responses['200']?.content['application/json']?.schema
  const base = (path: string): string => `${sandbox.vendorBase('zerobounce', 'default')}/v2/${path}`

  test('a verification', async () => {
    for (const { email } of people) {
      const { text } = await ask(base(`validate?email=${email}&api_key=k`))
      expect(JSON.parse(text)).toMatchObject({ address: email, status: expect.any(String) })
      // "oneOf" with an error's shape that takes anything: each answer must fit the first of the two.
      const schema = schemaOf('/validate', 'get')
      const [first] = typeof schema === 'object' && 'oneOf' in schema ? schema.oneOf : []
      expect(problems(first, text)).toBe('')
    }
  })

  test('a batch of none, one, some repeated in another case, and too many', async () => {
    const batch = async (
      emails: string[],
    ): Promise<{ email_batch: { address: string; status: string }[]; errors: unknown[] }> => {
      const body = JSON.stringify({ api_key: 'k', email_batch: emails.map((email) => ({ email_address: email })) })
      const { text } = await ask(base('validatebatch'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect(problems(schemaOf('/validatebatch', 'post'), text)).toBe('')
      return JSON.parse(text)
    }
    const emails = people.slice(0, 99).map((person) => person.email)
    const loud = emails[0]?.toUpperCase() ?? ''
    expect((await batch([])).errors).toHaveLength(1)
    expect((await batch(emails.slice(0, 1))).email_batch).toHaveLength(1)
    const all = (await batch([...emails, loud])).email_batch
    expect(all.map((one) => one.address)).toEqual([...emails, loud])
    expect(all[99]?.status).toBe(all[0]?.status)
    expect((await batch([...emails, ...emails])).errors).toHaveLength(1)
  })

  test('credits, usage, formats, and a wrong key inside HTTP 200', async () => {
    expect((await ask(base('getcredits?api_key=bad'))).text).toBe('{"Credits":"-1"}')
    expect((await ask(base('validate?email=a@b.example&api_key=bad'))).status).toBe(200)
    for (const [path, query] of [
      ['/getcredits', ''],
      ['/getapiusage', '&start_date=2026-01-01&end_date=2026-01-02'],
      ['/guessformat', `&domain=${people[0]?.company.domain}`],
    ] as const) {
      expect(problems(schemaOf(path, 'get'), (await ask(base(`${path.slice(1)}?api_key=k${query}`))).text)).toBe('')
    }
  })
})

describe('a verifying vendor', () => {
  test.each([
    ['hunter', 'email-verifier', ['valid', 'webmail']],
    ['zerobounce', 'validate', ['valid']],
  ])('%s is sometimes unsure of a good mailbox, and never sure of a bad one', async (vendor, path, good) => {
    let [unsure, sure] = [0, 0]
    for (let index = 0; index < 800; index++) {
      const person = sandbox.population.person(index)
      const { text } = await ask(
        `${sandbox.vendorBase(vendor, 'default')}/v2/${path}?email=${person.email}&api_key=k${index >> 3}`,
      )
      const content: { status?: string; data?: { status: string } } = JSON.parse(text)
      const status = content.data?.status ?? content.status ?? ''
      const reachable = sandbox.population.reachable(person)
      if (good.includes(status)) {
        expect(reachable).toBe(true)
        sure++
      } else if (reachable) {
        expect(status).toBe('unknown')
        unsure++
      }
    }
    expect(sure).toBeGreaterThan(550)
    expect(unsure).toBeGreaterThan(5)
    expect(unsure).toBeLessThan(80)
  })

  test('another vendor knows another part of the population', async () => {
    const known = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(async (at) => {
        const company = sandbox.population.company(at)
        const hunter = await ask(
          `${sandbox.vendorBase('hunter', 'default')}/v2/companies/find?domain=${company.domain}&api_key=p${at}`,
        )
        const zerobounce = await ask(
          `${sandbox.vendorBase('zerobounce', 'default')}/v2/guessformat?domain=${company.domain}&api_key=p${at}`,
        )
        return [hunter.status === 200, zerobounce.text.includes('"failure_reason":""')]
      }),
    )
    expect(known.some(([one, other]) => one !== other)).toBe(true)
  })
})
