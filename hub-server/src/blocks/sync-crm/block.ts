import { searchRecords, upsertRecords } from '../../capabilities/records.ts'
import type { Result } from '../../contracts/result.ts'
import type { Asked, Block, BlockContext } from '../block.ts'
import { contract } from './contract.ts'
import { changedFields, recordOf, type CrmRecord } from './record.ts'

interface Given {
  readonly index: number
  readonly item: Record<string, unknown>
  readonly record: CrmRecord
}

interface Work extends Given {
  readonly subject: string
  readonly linked?: string
  readonly changed: string[]
}

type Options = Parameters<(typeof block)['run']>[1]

/** Writes only what differs from the values last agreed with the CRM. */
export const block: Block<typeof contract> = {
  contract,
  chunk: 200,
  run: async (items, options, context) => {
    const [provider] = await context.providers(upsertRecords, [options.crm], options.object)
    if (!provider) return []
    const results: Result[] = []
    const given: Given[] = []
    for (const { index, value } of items) {
      const record = recordOf(value, options.object, options.fields)
      if (typeof record === 'string') results.push({ item: index, status: 'skipped', outputs: [], reason: record })
      else given.push({ index, item: value, record })
    }
    const works = await prepare(given, options, provider.connection, context)
    const unchanged = works.filter((work) => work.changed.length === 0)
    const open = works.filter((work) => work.changed.length > 0)
    results.push(...unchanged.map((work) => done(work, options, { outcome: 'unchanged', id: work.linked })))
    results.push(...(options.dryRun ? await foretell(open, options, context) : await write(open, options, provider.connection, context)))
    return results
  },
}

const prepare = async (given: readonly Given[], options: Options, connection: string, { leads }: BlockContext): Promise<Work[]> => {
  const subjects = await subjectsOf(given, options, leads)
  const links = await leads.linksOf(subjects.flatMap((subject) => subject ?? []), connection, options.object)
  return given.map((one, at) => {
    const subject = subjects[at] ?? ''
    const link = links.get(subject)
    return { ...one, subject, ...(link && { linked: link.record }), changed: changedFields(one.record, link?.base) }
  })
}

/** The stored leads or companies that the links hang on. A dry run stores nothing. */
const subjectsOf = async (given: readonly Given[], options: Options, leads: BlockContext['leads']): Promise<(string | undefined)[]> => {
  if (options.object === 'company') {
    const companies = await leads.companies(given.map(({ record }) => record.key), options.dryRun)
    return given.map(({ record }) => companies.get(record.key))
  }
  if (!options.dryRun) return (await leads.upsertAll(given.map(({ item, record }) => ({ ...item, email: record.key })), { source: 'flow', confidence: 0.8 })).map(({ id }) => id)
  const found: (string | undefined)[] = []
  for (const { record } of given) found.push((await leads.find({ email: record.key }))?.id)
  return found
}

const write = async (works: readonly Work[], options: Options, connection: string, { ask, leads }: BlockContext): Promise<Result[]> => {
  const answers = await ask(
    upsertRecords,
    works.map(({ record }) => ({ object: options.object, ...record })),
    { providers: [options.crm], items: works.map(({ index }) => index) },
  )
  const links: Parameters<typeof leads.saveLinks>[0][number][] = []
  const results = works.map((work, position) => {
    const answer = answers[position]
    const output = answer?.outputs[0]
    if (!output) return refused(work, answer)
    const base = { ...work.record.fields, ...work.record.custom }
    links.push({ subject: work.subject, connection, object: options.object, record: output.id, base, ...(output.version && { version: output.version }) })
    return done(work, options, output)
  })
  await leads.saveLinks(links)
  return results
}

/** What would be written, without writing: looked up by what records are found by. */
const foretell = async (works: readonly Work[], options: Options, { ask }: BlockContext): Promise<Result[]> => {
  const field = options.object === 'contact' ? 'email' : 'domain'
  const answers = await ask(
    searchRecords,
    works.map(({ record }) => ({ object: options.object, where: [{ field, is: 'equal' as const, value: record.key }], limit: 1 })),
    { providers: [options.crm], items: works.map(({ index }) => index) },
  )
  return works.map((work, position) => {
    const answer = answers[position]
    if (!answer || answer.error) return refused(work, answer)
    const found = answer.outputs[0]
    return done(work, options, found ? { outcome: 'would_update', id: found.id, url: found.url } : { outcome: 'would_create' })
  })
}

const done = (work: Work, options: Options, { outcome, id, url }: { outcome: string; id?: string; url?: string }): Result => ({
  item: work.index,
  status: 'done',
  outputs: [{ ...work.item, crm: { provider: options.crm, outcome, ...(id && { id }), ...(url && { url }), changed: work.changed } }],
})

const refused = (work: Work, answer: Asked<unknown> | undefined): Result => ({
  item: work.index,
  status: answer?.status === 'uncertain' ? 'uncertain' : 'failed',
  outputs: [],
  error: answer?.error ?? { kind: 'bad_response', message: 'The CRM did not say what became of this record.', advice: 'Run it again: writing twice does no harm.' },
})
