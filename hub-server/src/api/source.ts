import { Type, type Static } from 'typebox'
import { Id, Line, MapOf, Text } from '../contracts/bounded.ts'
import { requirePermission, type Caller } from '../access/rights/caller.ts'
import type { Block } from '../blocks/block.ts'
import type { FileForm } from '../contracts/file-form.ts'
import { HubError } from '../contracts/errors.ts'
import { Budgets } from '../contracts/run.ts'
import type { Scope } from '../contracts/scope.ts'
import { checked } from '../contracts/validate.ts'
import type { LeadStore } from '../leads/store.ts'
import type { NewRun, Row } from '../runs/accept.ts'
import { needsOf } from '../runs/files/needs.ts'
import { readRows } from '../runs/files/readRows.ts'
import type { Lists } from '../runs/lists.ts'
import { rowsOf, type RunRequest, type Runs } from '../runs/runs.ts'
import { parseJson, refuseNul } from './json.ts'
import type { SentFile } from './route.ts'

const mostItems = 100_000

const Options = MapOf(Type.Unknown(), { description: 'The block’s options' })
const Columns = MapOf(Line(), {
  description: 'Which column of the file is which field of the block: {"email": "Work E-Mail"}',
})
const what = { block: Type.Optional(Id()), pipeline: Type.Optional(Id()) }

/** What a run is made of, sent as JSON. */
export const RunBody = Type.Object(
  {
    ...what,
    options: Type.Optional(Options),
    items: Type.Optional(Type.Array(MapOf(Type.Unknown()), { maxItems: mostItems })),
    list: Type.Optional(Id({ description: 'Id of a stored list' })),
    leads: Type.Optional(
      Type.Object(
        {
          query: Line({ description: 'All these words must occur' }),
          limit: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1_000_000 }),
        },
        { additionalProperties: false },
      ),
    ),
    ...Budgets.properties,
  },
  { additionalProperties: false },
)

/** The same for a file: what is JSON in the body is JSON as text here. */
export const RunQuery = Type.Object({
  ...what,
  options: Type.Optional(Text({ description: 'JSON' })),
  map: Type.Optional(Text({ description: 'JSON: {"email": "Work E-Mail"}' })),
  ...Budgets.properties,
})

export interface SourceParts {
  readonly runs: Runs
  readonly lists: Lists
  readonly blocks: ReadonlyMap<string, Block>
  readonly openLeads: (scope: Scope) => LeadStore
}

/** What a call to make a run, or to estimate one, asks for. @throws HubError invalid_input that names what is wrong */
export const requestOf = async (
  parts: SourceParts,
  caller: Caller,
  body: Static<typeof RunBody> | undefined,
  query: Static<typeof RunQuery>,
  file: SentFile | undefined,
): Promise<RunRequest> => {
  if (file) {
    const { block, pipeline, budget, itemBudget } = query
    const options =
      query.options === undefined ? undefined : checked(Options, fromJson(query.options, 'options'), 'options')
    const map = query.map === undefined ? undefined : checked(Columns, fromJson(query.map, 'map'), 'map')
    const { steps } = await parts.runs.stepsOf(caller, { block, pipeline, options })
    return {
      block,
      pipeline,
      options,
      budget,
      itemBudget,
      source: fileSource(file, parts.blocks.get(steps[0]?.block ?? ''), steps[0]?.options ?? {}, map),
    }
  }
  const { items, list, leads, ...rest } = body ?? {}
  if (list !== undefined || leads !== undefined) requirePermission(caller, 'leads.read')
  // What is masked could be guessed word by word, by how many it finds.
  if (leads !== undefined && leads.query.trim() !== '') requirePermission(caller, 'personal.read')
  if ([items, list, leads].filter((one) => one !== undefined).length !== 1)
    throw new HubError('invalid_input', 'A run needs its items from one place.', {
      advice: 'Give “items”, “list” or “leads”, or send a file as the body.',
    })
  return { ...rest, source: await sourceOf(parts, caller, { items, list, leads }) }
}

const fileSource = (
  file: SentFile,
  block: Block | undefined,
  options: Record<string, unknown>,
  map: Record<string, string> | undefined,
): NewRun['source'] => {
  let form: FileForm | undefined
  const rows = readRows(file.bytes, {
    type: file.type,
    fields: Object.keys(block?.contract.item.properties ?? {}),
    needs: block ? needsOf(block.contract, options) : [],
    ...(map && { map }),
    onForm: (found) => (form = found),
  })
  return { rows, form: () => form }
}

const sourceOf = async (
  { lists, openLeads }: SourceParts,
  scope: Scope,
  { items, list, leads }: Pick<Static<typeof RunBody>, 'items' | 'list' | 'leads'>,
): Promise<NewRun['source']> => {
  if (list !== undefined) return { list, total: (await lists.get(scope, list)).total }
  return { rows: leads ? leadRows(openLeads(scope), leads.query, leads.limit) : rowsOf(items ?? []) }
}

const leadRows = async function* (leads: LeadStore, query: string, limit: number): AsyncGenerator<Row> {
  let before: string | undefined
  for (let left = limit; left > 0;) {
    const page = await leads.search(query, Math.min(200, left), before)
    for (const { id, createdAt: _createdAt, updatedAt: _updatedAt, ...fields } of page)
      yield { input: { leadId: id, ...fields } }
    before = page.at(-1)?.id
    if (page.length < 200 || before === undefined) return
    left -= page.length
  }
}

const fromJson = (text: string, name: string): unknown => {
  const value = parseJson(text, `“${name}” in the address`, `Write it like ${name}={"…":"…"}, percent-encoded.`)
  refuseNul(value, `“${name}” in the address`)
  return value
}
