import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Type, type Static } from 'typebox'
import { parse } from 'yaml'

/** Where the vendors' own descriptions are; they carry no open licence, so they are not part of the project. */
export const folder =
  process.env.VENDOR_SPECS_DIR ?? fileURLToPath(new URL('../../../../shared/vendor-specs', import.meta.url))

/** Whether they are there at all. */
export const there = existsSync(folder)

const strict = { additionalProperties: false }
const Page = Type.String({ pattern: '^https://' })

/** Items to ask, or JSONata (a text that begins with "=") over what questions.ts gives. */
const Question = Type.Object(
  {
    known: Type.Optional(Type.Unknown({ description: 'Items that the sandbox has something to say about' })),
    unknown: Type.Optional(Type.Unknown({ description: 'Items that it finds nothing for' })),
  },
  strict,
)
export type Question = Static<typeof Question>

/** attached/<connector>.yaml: what a vendor publishes about itself, and what is asked so that it is held to it. */
const Attached = Type.Object(
  {
    files: Type.Optional(
      Type.Array(
        Type.Union([
          Type.String(),
          Type.Object(
            {
              file: Type.String(),
              servers: Type.Array(Page, {
                description: 'In place of those that the file names; {…} stands for any piece',
              }),
            },
            strict,
          ),
        ]),
        { minItems: 1, description: 'OpenAPI 3, Swagger 2.0 or Google’s discovery format, JSON or YAML' },
      ),
    ),
    answers: Type.Optional(
      Type.Object(
        {
          file: Type.String(),
          server: Page,
          schemas: Type.Record(Type.String(), Type.String({ description: 'Pointer into the file' })),
          refusals: Type.Optional(Type.String()),
        },
        { ...strict, description: 'JSON Schemas of answers, by call (GET /v2/account)' },
      ),
    ),
    fixtures: Type.Optional(
      Type.Object(
        {
          server: Page,
          answers: Type.Record(
            Type.String(),
            Type.Record(Type.String({ pattern: '^\\d{3}$' }), Type.Array(Type.String())),
          ),
        },
        {
          ...strict,
          description:
            'Recorded answers of the vendor’s own client: call (POST /v3/person.enrich) → status → files, with a ' +
            'pointer behind # where only a part is meant',
        },
      ),
    ),
    meta: Type.Optional(
      Type.Object(
        { server: Page, edges: Type.Record(Type.String(), Type.String()) },
        {
          ...strict,
          description:
            'Meta’s own description of nodes (github.com/facebook/facebook-business-sdk-codegen): call that lists ' +
            'them (GET /{form}/leads) → file',
        },
      ),
    ),
    graphql: Type.Optional(
      Type.Object({ file: Type.String({ description: 'Answer to an introspection query' }), at: Page }, strict),
    ),
    tokens: Type.Optional(Type.Array(Page, { description: 'OAuth 2.0 token endpoints (RFC 6749) that no file names' })),
    silent: Type.Optional(
      Type.Record(Type.String({ pattern: '^([345]\\d\\d|(GET|POST|PUT|PATCH|DELETE) /.*)$' }), Page, {
        description:
          'Refusals, by status, and calls of which the description says nothing: the vendor’s page that does',
      }),
    ),
    account: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Fields of the account, where any text does not do' }),
    ),
    questions: Type.Optional(
      Type.Record(Type.String(), Question, {
        description: 'By operation or capability, where questions.yaml does not do',
      }),
    ),
  },
  strict,
)
export type Attached = Static<typeof Attached>

const right = new Ajv2020().compile<Attached>(JSON.parse(JSON.stringify(Attached)) as object)

/** By connector. @throws for a file that says what is not known here */
export const attached: ReadonlyMap<string, Attached> = new Map(
  readdirSync(new URL('attached', import.meta.url))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const content: unknown = parse(readFileSync(new URL(`attached/${name}`, import.meta.url), 'utf8'))
      if (!right(content)) throw new Error(`attached/${name}: ${JSON.stringify(right.errors)}`)
      return [name.replace(/\.yaml$/, ''), content]
    }),
)
